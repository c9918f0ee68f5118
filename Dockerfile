# syntax=docker/dockerfile:1
# The images: vendors (the program and nothing else), backend or backend-flask (the instrumented system under test, in C++
# or Python), scenarios (what drives the backend and judges). docker-compose.test.yml puts them together.

FROM debian:12 AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /src
# The packages are those that scripts/lib.sh names: one list for every way to build.
COPY scripts/lib.sh scripts/lib.sh
RUN . scripts/lib.sh && install_packages "${build_packages[@]}" && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY emulators emulators
COPY backend backend
RUN --mount=type=cache,target=/root/.cache/ccache \
    cmake --preset release -DBUILD_TESTING=OFF && cmake --build build/release --target understudy cruddur

FROM debian:12-slim AS vendors
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libcpp-httplib0.11 libdeflate0 libfmt9 libnghttp2-14 libprotobuf32 libre2-9 libsimdjson14 libssl3 libstdc++6 libyaml-cpp0.7 libzstd1 \
       zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin understudy \
    && install -d -o understudy -g understudy /captures
COPY --from=build /src/build/release/understudy /usr/local/bin/understudy
USER understudy
VOLUME /captures
EXPOSE 4318 4317 2000/udp 2000/tcp 4566 7655 4700
HEALTHCHECK --interval=2s --timeout=2s --start-period=10s --retries=3 CMD ["understudy", "health"]
ENTRYPOINT ["understudy"]
CMD ["serve", "--bind", "0.0.0.0", "--journal", "/captures"]

FROM debian:12-slim AS backend
RUN apt-get update \
    && apt-get install -y --no-install-recommends libcpp-httplib0.11 libfmt9 libssl3 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin understudy
COPY --from=build /src/build/release/cruddur /usr/local/bin/cruddur
USER understudy
EXPOSE 4567
HEALTHCHECK --interval=2s --timeout=2s --start-period=30s --retries=5 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/4567 && printf 'GET /api/health-check HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["cruddur"]

FROM debian:12-slim AS python
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin understudy
WORKDIR /opt/understudy

# The same in Flask with the vendors' Python SDKs.
FROM python AS backend-flask
COPY scripts/python-environment scripts/python-environment
COPY scenarios/requirements scenarios/requirements
RUN scripts/python-environment today
COPY scenarios/flask scenarios/flask
USER understudy
WORKDIR /opt/understudy/scenarios/flask
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
EXPOSE 4567
# By SIGTERM the SDKs lose what they have queued; by SIGINT each sends it.
STOPSIGNAL SIGINT
HEALTHCHECK --interval=2s --timeout=2s --start-period=30s --retries=5 \
    CMD ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:4567/api/health-check', timeout=2)"]
ENTRYPOINT ["/opt/understudy/build/venv/today/bin/python", "-m", "flask"]
CMD ["--app", "app", "run", "--host", "0.0.0.0", "--port", "4567"]

FROM python AS scenarios
COPY scenarios/run_against_services.py scenarios/run_against_services.py
COPY scenarios/harness scenarios/harness
USER understudy
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
ENTRYPOINT ["python3", "/opt/understudy/scenarios/run_against_services.py"]
