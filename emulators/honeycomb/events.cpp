#include "honeycomb/events.h"

#include <optional>
#include <set>
#include <string>

#include "base/ascii.h"
#include "honeycomb/body.h"
#include "honeycomb/caller.h"
#include "honeycomb/content_types.h"
#include "honeycomb/datasets.h"
#include "honeycomb/doors.h"
#include "honeycomb/event_logs.h"
#include "honeycomb/event_metrics.h"
#include "honeycomb/event_sent.h"
#include "honeycomb/event_spans.h"
#include "honeycomb/state.h"
#include "otlp/walker.h"

namespace understudy::honeycomb {
namespace {

using otlp::ItemView;
using otlp::Signal;

// Passes on what was stored of an export, each with its dataset.
class Export {
 public:
  Export(Signal signal, const Address& address, std::string_view effect)
      : signal_(signal), address_(address), stored_(datasets_of(effect)) {}

  template <typename Translate>
  void walk(std::string_view protobuf, Translate&& translate) {
    otlp::for_each_item(protobuf, [&](const ItemView& item) {
      if (item.group.data() != group_.data()) enter(item.group);
      if (is_stored_) translate(item, dataset_, origin_);
      // Metrics count by data point; their translator does it.
      if (is_stored_ && signal_ != Signal::metrics) ++origin_;
    });
  }

 private:
  void enter(std::string_view group) {
    group_ = group;
    dataset_ = choose_dataset(signal_, address_, service_name_of(group)).dataset;
    is_stored_ = stored_.contains(lower_case(dataset_));
  }

  Signal signal_;
  Address address_;
  std::set<std::string, std::less<>> stored_;
  std::string_view group_;
  std::string_view dataset_;
  bool is_stored_ = false;
  std::uint32_t origin_ = 0;
};

void for_each_otlp_event(const recording::Entry& entry, Translator translator, const SeeEvent& see) {
  const recording::Request request = entry.request();
  const Signal signal = route(request).signal;
  const auto speech = speech_of(request);
  if (!speech) return;
  Body body(translator_of(entry.effect));  // it was accepted, so it can be read
  const auto protobuf = body.read(request, *speech, signal, max_decompressed_bytes);
  if (!protobuf) return;
  Export walk(signal, address_of(request, translator_of(entry.effect)), entry.effect);
  switch (signal) {
    case Signal::traces: {
      SpanTranslator spans(translator, see);
      walk.walk(*protobuf,
                [&](const ItemView& item, auto dataset, auto origin) { spans.translate(item, dataset, origin); });
      break;
    }
    case Signal::logs: {
      LogTranslator logs(see);
      walk.walk(*protobuf,
                [&](const ItemView& item, auto dataset, auto origin) { logs.translate(item, dataset, origin); });
      break;
    }
    case Signal::metrics: {
      if (!has_metric_events(entry.effect)) return;
      MetricTranslator metrics(see);
      walk.walk(*protobuf, [&](const ItemView& item, auto dataset, auto) { metrics.add(item, dataset); });
      metrics.finish();
      break;
    }
  }
}

}  // namespace

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::span:
      return "span";
    case EventKind::span_event:
      return "span_event";
    case EventKind::span_link:
      return "link";
    case EventKind::log_record:
      return "log";
    case EventKind::metric:
      return "metric";
    case EventKind::event:
      return "event";
  }
  return {};
}

void for_each_event(const recording::Entry& entry, Translator translator, const SeeEvent& see) {
  if (entry.effect.empty()) return;  // refused, or nothing in it
  switch (route(entry.request()).operation) {
    case Operation::export_otlp:
      return for_each_otlp_event(entry, translator, see);
    case Operation::events:
      return for_each_sent_event(entry, EventsForm::single, see);
    case Operation::batch:
      return for_each_sent_event(entry, EventsForm::batch, see);
    case Operation::kinesis:
      return for_each_sent_event(entry, EventsForm::kinesis, see);
    default:
      return;
  }
}

void for_each_event(const recording::Entry& entry, const SeeEvent& see) {
  for_each_event(entry, translator_of(entry.effect), see);
}

}  // namespace understudy::honeycomb
