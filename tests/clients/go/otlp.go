package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	_ "google.golang.org/grpc/health" // grpc-go's watching of a server's health
)

type rangeError struct{ message string }

func (e rangeError) Error() string { return e.message }

type spanIDs struct {
	TraceID string `json:"traceId"`
	SpanID  string `json:"spanId"`
}

func idsOf(span trace.Span) spanIDs {
	return spanIDs{span.SpanContext().TraceID().String(), span.SpanContext().SpanID().String()}
}

// Calls wait until Health/Watch has said SERVING, and again once it ends.
const watchesHealth = `{"loadBalancingConfig": [{"round_robin": {}}], "healthCheckConfig": {"serviceName": ""}}`

func traceExporter(ctx context.Context, transport string) (*otlptrace.Exporter, error) {
	switch transport {
	case "grpc":
		return otlptracegrpc.New(ctx)
	case "grpc-health":
		return otlptracegrpc.New(ctx, otlptracegrpc.WithServiceConfig(watchesHealth))
	}
	return otlptracehttp.New(ctx)
}

// One trace of a page and 600 small spans: otlp http|grpc|grpc-health.
func otlpTraces(arguments []string) error {
	ctx := context.Background()
	exporter, err := traceExporter(ctx, arguments[0])
	if err != nil {
		return err
	}
	resources, err := resource.New(ctx, resource.WithFromEnv())
	if err != nil {
		return err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(resources))
	tracer := provider.Tracer("home.page", trace.WithInstrumentationVersion("1.0.0"))

	inPage, page := tracer.Start(ctx, "HomeFeedPage", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("app.userId", "andrewbrown"),
		attribute.Int("items", 3),
		attribute.Float64("ratio", 0.25),
		attribute.Bool("cached", false),
		attribute.StringSlice("tags", []string{"a", "b"}),
		attribute.String("umlaut", "äöü😀")))
	_, other := tracer.Start(ctx, "previous page")
	_, load := tracer.Start(inPage, "load_data", trace.WithLinks(trace.Link{
		SpanContext: other.SpanContext(),
		Attributes:  []attribute.KeyValue{attribute.String("why", "came from")},
	}))
	load.AddEvent("answered", trace.WithAttributes(attribute.Int("http.response.status_code", 500)))
	load.RecordError(rangeError{"home feed did not load"}, trace.WithStackTrace(true))
	load.SetStatus(codes.Error, "home feed did not load")
	load.End()
	for i := range 600 {
		_, row := tracer.Start(inPage, fmt.Sprintf("row %d", i), trace.WithAttributes(attribute.Int("row", i)))
		row.End()
	}
	other.End()
	page.End()
	if err := provider.Shutdown(ctx); err != nil {
		return err
	}
	return tell(map[string]spanIDs{"page": idsOf(page), "load": idsOf(load), "other": idsOf(other)})
}
