"""The library's rows: what four vendors in a test's own process cost, by bench_library."""

import json
import subprocess


def told(bench, mode, count):
    command = [bench.build / "bench_library", mode, str(count)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def add_rows(bench):
    try:
        start = told(bench, "start", bench.count(1000))
        wake = told(bench, "wake", bench.count(1000))
        spans = bench.count(100_000)
        miss = told(bench, "miss", spans)
    except (OSError, subprocess.CalledProcessError) as failure:
        bench.row("the library", "a result that reads back", f"FAILED: {failure}", False)
        return
    bench.row("four vendors in a test's process: start and stop (median)", "5 ms",
              f"{start['median_ms']:.2f} ms, {start['per_second']} a second", start["median_ms"] < 5)
    bench.row("a wait wakes after the record's datagram is sent (median)", "1 ms",
              f"{wake['median_ms']:.2f} ms", wake["median_ms"] < 1)
    bench.row(f"a matcher's failure over {spans:,} spans names its nearest miss", "1 s",
              f"{miss['miss_ms'] / 1000:.2f} s (reading them {miss['read_ms'] / 1000:.2f} s, a wait that is not met "
              f"{miss['wait_ms'] / 1000:.2f} s)", miss["miss_ms"] < 1000)
