#include <cstdio>

int main() {
  std::puts("understudy 0.1.0");
  return 0;
}
