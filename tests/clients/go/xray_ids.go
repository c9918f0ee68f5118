package main

import (
	"context"
	"net/http"
	"net/http/httptest"

	"github.com/aws/aws-xray-sdk-go/v2/xray"
	otelxray "go.opentelemetry.io/contrib/propagators/aws/xray"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// One trace over two SDKs: a page traced by OpenTelemetry with the ids and the header of X-Ray calls a service that is
// traced by the X-Ray SDK.
func xrayIDs([]string) error {
	ctx := context.Background()
	exporter, err := traceExporter(ctx, "http")
	if err != nil {
		return err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithIDGenerator(otelxray.NewIDGenerator()))
	ctx, page := provider.Tracer("home.page").Start(ctx, "HomeFeedPage", trace.WithSpanKind(trace.SpanKindClient))

	service := httptest.NewServer(xray.Handler(xray.NewFixedSegmentNamer("inventory"), http.NotFoundHandler()))
	request, err := http.NewRequestWithContext(ctx, "GET", service.URL+"/inventory", nil)
	if err != nil {
		return err
	}
	otelxray.Propagator{}.Inject(ctx, propagation.HeaderCarrier(request.Header))
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if err := reply.Body.Close(); err != nil {
		return err
	}
	answered := otelxray.Propagator{}.Extract(context.Background(), propagation.HeaderCarrier(reply.Header))
	page.End()
	service.Close()
	if err := provider.Shutdown(ctx); err != nil {
		return err
	}
	return tell(map[string]any{
		"page":     idsOf(page),
		"header":   request.Header.Get(xray.TraceIDHeaderKey),
		"answered": trace.SpanContextFromContext(answered).TraceID().String(),
	})
}
