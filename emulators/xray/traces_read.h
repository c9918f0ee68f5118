// From a segment document to the entities of its trace.
#pragma once

#include <simdjson.h>

#include "xray/index.h"

namespace understudy::xray {

// Puts what it reads into an index. What X-Ray drops silently is left out.
class DocumentReader {
 public:
  DocumentReader(TraceIndex& index, const recording::Entry& entry) : index_(index), entry_(entry) {}
  void read(std::uint32_t number, simdjson::dom::element document);

 private:
  using object = simdjson::dom::object;
  using element = simdjson::dom::element;

  void document(Place place, object from);
  void entity(object from, std::uint32_t parent);
  // False: the member is none that every entity has.
  bool plain(Entity& entity, std::string_view name, element value);
  // A member that goes into the details of the entity at `at`, if it is one.
  void detail(std::uint32_t at, std::string_view name, element value);
  void http(std::uint32_t at, element value);
  void aws(std::uint32_t at, element value);
  void annotations(std::uint32_t at, element value);
  void cause(std::uint32_t at, element value);
  void links(std::uint32_t at, element value);
  Details& details(std::uint32_t at);
  Text text(element value);

  TraceIndex& index_;
  const recording::Entry& entry_;
  Trace* trace_ = nullptr;
};

}  // namespace understudy::xray
