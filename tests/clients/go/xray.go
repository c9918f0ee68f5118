package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-xray-sdk-go/v2/instrumentation/awsv2"
	"github.com/aws/aws-xray-sdk-go/v2/xray"
)

type xrayPages struct {
	address string
	client  *http.Client
	logs    *logs.Client
}

func (p *xrayPages) get(ctx context.Context, path string, header string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, "GET", "http://"+p.address+path, nil)
	if err != nil {
		return nil, err
	}
	if header != "" {
		request.Header.Set(xray.TraceIDHeaderKey, header)
	}
	client := http.DefaultClient
	if ctx != context.Background() {
		client = p.client
	}
	reply, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, reply.Body)
	return reply, errors.Join(err, reply.Body.Close())
}

func (p *xrayPages) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	ctx := request.Context()
	// So that the caller knows when the central rules decide.
	if sdk, ok := xray.GetSegment(ctx).GetAWS()["xray"].(xray.SDK); ok {
		writer.Header().Set("X-Rule", sdk.RuleName)
	}
	switch request.URL.Path {
	case "/home":
		xray.Capture(ctx, "mock-data", func(ctx context.Context) error {
			xray.AddAnnotation(ctx, "results", 3)
			xray.AddMetadataToNamespace(ctx, "home", "now", map[string]string{"day": "Saturday"})
			if _, err := p.get(ctx, "/inventory", ""); err != nil {
				return err
			}
			_, err := p.logs.DescribeLogGroups(ctx, &logs.DescribeLogGroupsInput{})
			return err
		})
	case "/broken":
		xray.Capture(ctx, "query", func(context.Context) error { return rangeError{"no such table"} })
		writer.WriteHeader(500)
	case "/inventory":
	default:
		writer.WriteHeader(404)
	}
}

type xrayRequest struct {
	TraceID string `json:"trace_id"`
	Rule    string `json:"rule"`
}

// A request from outside.
func (p *xrayPages) request(path string, header string) (xrayRequest, error) {
	reply, err := p.get(context.Background(), path, header)
	if err != nil {
		return xrayRequest{}, err
	}
	trace, _, _ := strings.Cut(strings.TrimPrefix(reply.Header.Get(xray.TraceIDHeaderKey), "Root="), ";")
	return xrayRequest{trace, reply.Header.Get("X-Rule")}, nil
}

// A small web server, traced by the SDK's handler, that calls itself through the SDK's HTTP client and AWS through its
// instrumented SDK. Tells the trace ids of its requests, then serves until standard input ends.
func xrayServer([]string) error {
	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return err
	}
	awsv2.AWSV2Instrumentor(&settings.APIOptions)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	pages := &xrayPages{listener.Addr().String(), xray.Client(nil), logs.NewFromConfig(settings)}
	server := &http.Server{Handler: xray.Handler(xray.NewFixedSegmentNamer("go-backend"), pages)}
	go server.Serve(listener)

	told := map[string]xrayRequest{}
	for name, one := range map[string]struct{ path, header string }{
		"home":       {"/home", "Sampled=1"},
		"broken":     {"/broken", "Sampled=1"},
		"missing":    {"/missing", "Sampled=1"},
		"unsampled":  {"/home", "Sampled=0"},
		"downstream": {"/inventory", "Root=1-" + xray.NewTraceID()[2:] + ";Parent=53995c3f42cd8ad8;Sampled=1"},
	} {
		if told[name], err = pages.request(one.path, one.header); err != nil {
			return err
		}
	}
	// The first of these makes the SDK ask for the central rules; they decide once the answer is there.
	for told["ruled"].Rule == "" {
		if told["ruled"], err = pages.request("/inventory", ""); err != nil {
			return err
		}
	}
	if err := tell(told); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return server.Close()
}
