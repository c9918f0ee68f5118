// A Collector's own parts between an application and Honeycomb, unmodified: OTLP receiver, batch processor, the exporters
// for OTLP over gRPC and HTTP with their queues and retries. Without the Collector's service around them, whose dependencies
// would take longer to compile than all the rest, this program reads its configuration and joins them into pipelines.
//
//	collector FILE    {"receiver": {...}, "batch": {...} or null, "exporter": {"otlp_http": {...}}} with the parts'
//	                  documented settings; it writes its log to standard error, an object a line, and ends at SIGTERM
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/exporter/xexporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/xreceiver"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	nooptrace "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
)

// That of the modules in go.mod.
var build = component.BuildInfo{Command: "collector", Description: "OpenTelemetry Collector", Version: "0.165.0"}

type settings map[string]any

type configuration struct {
	Receiver settings
	Batch    settings
	Exporter map[string]settings
}

// No part of it asks for an extension.
type host struct{}

func (host) GetExtensions() map[component.ID]component.Component { return nil }

type collector struct {
	telemetry component.TelemetrySettings
	started   []component.Component // in the order in which data does not flow
}

// The part's default settings with those of the file.
func configure(factory component.Factory, given settings) (component.Config, error) {
	config := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(given).Unmarshal(config); err != nil {
		return nil, fmt.Errorf("%s: %w", factory.Type(), err)
	}
	return config, nil
}

func (c *collector) start(part component.Component, err error) error {
	if err != nil {
		return err
	}
	if err := part.Start(context.Background(), host{}); err != nil {
		return err
	}
	c.started = append(c.started, part)
	return nil
}

// What takes in data of each kind.
type entrance struct {
	traces   consumer.Traces
	metrics  consumer.Metrics
	logs     consumer.Logs
	profiles xconsumer.Profiles
}

func (c *collector) startExporter(factory exporter.Factory, given settings) (entrance, error) {
	config, err := configure(factory, given)
	if err != nil {
		return entrance{}, err
	}
	ctx, set := context.Background(), exporter.Settings{
		ID: component.NewID(factory.Type()), TelemetrySettings: c.telemetry, BuildInfo: build,
	}
	traces, err := factory.CreateTraces(ctx, set, config)
	errTraces := c.start(traces, err)
	metrics, err := factory.CreateMetrics(ctx, set, config)
	errMetrics := c.start(metrics, err)
	logs, err := factory.CreateLogs(ctx, set, config)
	errLogs := c.start(logs, err)
	profiles, err := factory.(xexporter.Factory).CreateProfiles(ctx, set, config)
	errProfiles := c.start(profiles, err)
	return entrance{traces, metrics, logs, profiles}, errors.Join(errTraces, errMetrics, errLogs, errProfiles)
}

// Profiles pass it by: it takes none.
func (c *collector) startBatches(given settings, to entrance) (entrance, error) {
	factory := batchprocessor.NewFactory()
	config, err := configure(factory, given)
	if err != nil {
		return entrance{}, err
	}
	ctx, set := context.Background(), processor.Settings{
		ID: component.NewID(factory.Type()), TelemetrySettings: c.telemetry, BuildInfo: build,
	}
	traces, err := factory.CreateTraces(ctx, set, config, to.traces)
	errTraces := c.start(traces, err)
	metrics, err := factory.CreateMetrics(ctx, set, config, to.metrics)
	errMetrics := c.start(metrics, err)
	logs, err := factory.CreateLogs(ctx, set, config, to.logs)
	errLogs := c.start(logs, err)
	return entrance{traces, metrics, logs, to.profiles}, errors.Join(errTraces, errMetrics, errLogs)
}

// The four are one receiver, and it starts with the first: so each is made before any starts.
func (c *collector) startReceiver(given settings, to entrance) error {
	factory := otlpreceiver.NewFactory()
	config, err := configure(factory, given)
	if err != nil {
		return err
	}
	ctx, set := context.Background(), receiver.Settings{
		ID: component.NewID(factory.Type()), TelemetrySettings: c.telemetry, BuildInfo: build,
	}
	traces, errTraces := factory.CreateTraces(ctx, set, config, to.traces)
	metrics, errMetrics := factory.CreateMetrics(ctx, set, config, to.metrics)
	logs, errLogs := factory.CreateLogs(ctx, set, config, to.logs)
	profiles, errProfiles := factory.(xreceiver.Factory).CreateProfiles(ctx, set, config, to.profiles)
	return errors.Join(c.start(traces, errTraces), c.start(metrics, errMetrics), c.start(logs, errLogs),
		c.start(profiles, errProfiles))
}

func (c *collector) startAll(given configuration) error {
	for _, factory := range []exporter.Factory{otlpexporter.NewFactory(), otlphttpexporter.NewFactory()} {
		ofExporter, ok := given.Exporter[factory.Type().String()]
		if !ok {
			continue
		}
		to, err := c.startExporter(factory, ofExporter)
		if err == nil && given.Batch != nil {
			to, err = c.startBatches(given.Batch, to)
		}
		if err != nil {
			return err
		}
		return c.startReceiver(given.Receiver, to)
	}
	return errors.New("exporter: neither otlp_grpc nor otlp_http")
}

// The other way round, so that each hands on what it holds.
func (c *collector) shutdown() error {
	var all error
	for i := len(c.started) - 1; i >= 0; i-- {
		all = errors.Join(all, c.started[i].Shutdown(context.Background()))
	}
	return all
}

func run(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var given configuration
	if err := json.Unmarshal(text, &given); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	logging := zap.NewProductionConfig()
	logging.Sampling = nil
	log, err := logging.Build()
	if err != nil {
		return err
	}
	c := collector{telemetry: component.TelemetrySettings{
		Logger:         log,
		TracerProvider: nooptrace.NewTracerProvider(),
		MeterProvider:  noopmetric.NewMeterProvider(),
		Resource:       pcommon.NewResource(),
	}}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	if err := c.startAll(given); err != nil {
		return errors.Join(err, c.shutdown())
	}
	log.Info("Everything is ready", zap.String("platform", runtime.GOOS+"/"+runtime.GOARCH))
	<-ended
	return c.shutdown()
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: collector FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
