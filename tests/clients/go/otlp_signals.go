package main

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
)

// Two log records and three instruments.
func otlpSignals([]string) error {
	ctx := context.Background()
	resources, err := resource.New(ctx, resource.WithFromEnv())
	if err != nil {
		return err
	}
	if err := sendLogs(ctx, resources); err != nil {
		return err
	}
	if err := sendMetrics(ctx, resources); err != nil {
		return err
	}
	return tell("sent")
}

func sendLogs(ctx context.Context, resources *resource.Resource) error {
	exporter, err := otlploghttp.New(ctx)
	if err != nil {
		return err
	}
	processor := sdklog.NewBatchProcessor(exporter)
	provider := sdklog.NewLoggerProvider(sdklog.WithProcessor(processor), sdklog.WithResource(resources))
	logger := provider.Logger("home.page")
	for _, severity := range []log.Severity{log.SeverityInfo, log.SeverityError} {
		var record log.Record
		record.SetSeverity(severity)
		record.SetSeverityText(severity.String())
		record.SetBody(log.StringValue("GET /api/activities/home"))
		record.AddAttributes(log.Int("http.response.status_code", 200), log.Slice("tags", log.StringValue("a")))
		logger.Emit(ctx, record)
	}
	return provider.Shutdown(ctx)
}

func sendMetrics(ctx context.Context, resources *resource.Resource) error {
	exporter, err := otlpmetrichttp.New(ctx)
	if err != nil {
		return err
	}
	reader := sdkmetric.NewPeriodicReader(exporter)
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithResource(resources))
	meter := provider.Meter("home.page")
	requests, err := meter.Int64Counter("requests")
	if err != nil {
		return err
	}
	duration, err := meter.Float64Histogram("duration", metric.WithUnit("ms"))
	if err != nil {
		return err
	}
	temperature, err := meter.Float64Gauge("temperature")
	if err != nil {
		return err
	}
	route := metric.WithAttributes(attribute.String("http.route", "/home"))
	for i := range 3 {
		requests.Add(ctx, 1, route)
		duration.Record(ctx, float64(i)*10, route)
	}
	temperature.Record(ctx, 21.5)
	return provider.Shutdown(ctx)
}
