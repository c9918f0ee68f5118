package main

import (
	"os"
	"time"

	"github.com/honeycombio/libhoney-go"
)

// Events for two batches, and one with time, rate and nested data; what each was answered.
func libhoneyEvents([]string) error {
	client, err := libhoney.NewClient(libhoney.ClientConfig{
		APIKey:  os.Getenv("HONEYCOMB_API_KEY"),
		APIHost: os.Getenv("HONEYCOMB_API_ENDPOINT"),
		Dataset: "cruddur-go",
	})
	if err != nil {
		return err
	}
	type answer struct {
		Status int    `json:"status"`
		Error  string `json:"error"`
	}
	answers := []answer{}
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		for one := range client.TxResponses() {
			text := string(one.Body)
			if one.Err != nil {
				text = one.Err.Error()
			}
			answers = append(answers, answer{one.StatusCode, text})
		}
	}()
	send := func(fields map[string]any, adjust func(*libhoney.Event)) error {
		event := client.NewEvent()
		if err := event.Add(fields); err != nil {
			return err
		}
		adjust(event)
		return event.SendPresampled()
	}
	for row := range 60 {
		fields := map[string]any{"app.userId": "andrewbrown", "row": row, "ratio": float64(row) / 4}
		if err := send(fields, func(*libhoney.Event) {}); err != nil {
			return err
		}
	}
	page := map[string]any{
		"name": "page", "cached": false, "nested": map[string]any{"tags": []string{"a", "b"}}, "umlaut": "äöü😀",
	}
	if err := send(page, func(event *libhoney.Event) {
		event.Timestamp = time.Date(2018, 12, 13, 14, 51, 0, 250000000, time.UTC)
		event.SampleRate = 4
	}); err != nil {
		return err
	}
	client.Close()
	<-heard
	return tell(map[string]any{"answers": answers})
}
