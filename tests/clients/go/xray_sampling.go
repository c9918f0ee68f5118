package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/aws/aws-xray-sdk-go/v2/xray"
)

// Requests for a path, as many as each line of standard input asks for; the answer tells how many were sampled.
func xraySampling([]string) error {
	sampled := 0
	handler := xray.Handler(xray.NewFixedSegmentNamer("go-backend"),
		http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
			if xray.GetSegment(request.Context()).Sampled {
				sampled++
			}
		}))
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked struct {
			Path  string `json:"path"`
			Count int    `json:"count"`
		}
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return err
		}
		sampled = 0
		for range asked.Count {
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "http://backend"+asked.Path, nil))
		}
		if err := tell(map[string]int{"sampled": sampled}); err != nil {
			return err
		}
	}
	return lines.Err()
}
