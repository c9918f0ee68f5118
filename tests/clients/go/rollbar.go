package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/rollbar/rollbar-go"
)

// What the SDK complains of.
type complaints struct {
	mutex sync.Mutex
	lines []string
}

func (c *complaints) Printf(format string, arguments ...interface{}) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.lines = append(c.lines, fmt.Sprintf(format, arguments...))
}

func rollbarClient(heard *complaints) *rollbar.Client {
	client := rollbar.NewAsync(os.Getenv("ROLLBAR_ACCESS_TOKEN"), "test", "1.2.3", "web-1", "/srv/app")
	client.SetEndpoint(os.Getenv("ROLLBAR_ENDPOINT"))
	client.SetLogger(heard)
	client.SetPrintPayloadOnError(false)
	return client
}

func readFeed() error {
	return fmt.Errorf("home feed did not load: %w", errors.New("no such table"))
}

// An error with its cause, request, person and custom data; a message; a panic.
func rollbarItems([]string) error {
	heard := &complaints{}
	client := rollbarClient(heard)
	client.SetPerson("1001", "andrewbrown", "andrew@example.com")
	client.SetCustom(map[string]interface{}{"release": "blue"})

	request, err := http.NewRequest("POST", "http://localhost:4567/api/activities?term=a&password=secret-canary", strings.NewReader("x"))
	if err != nil {
		return err
	}
	request.RemoteAddr = "203.0.113.9:5123"
	request.Header.Set("Authorization", "Bearer secret-canary")
	client.RequestErrorWithExtras(rollbar.ERR, request, readFeed(), map[string]interface{}{"rows": 3, "tags": []string{"a", "b"}})
	client.MessageWithExtras(rollbar.WARN, "Hello Wörld!", map[string]interface{}{"rows": 0})
	panicked := client.WrapAndWait(func() {
		var activities map[string]int
		activities["home"] = 1
	})
	if err := client.Close(); err != nil {
		return err
	}
	return tell(map[string]any{"panicked": fmt.Sprint(panicked), "complaints": heard.lines})
}

// A message after which the process ends; what the server makes of it is the caller's affair.
func rollbarRefused([]string) error {
	heard := &complaints{}
	client := rollbarClient(heard)
	client.Message(rollbar.ERR, "is anybody there?")
	client.Wait()
	if err := client.Close(); err != nil {
		return err
	}
	return tell(map[string]any{"complaints": heard.lines})
}
