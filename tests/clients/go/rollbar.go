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
func rollbarRefused([]string) error { return rollbarMessage(rollbar.ERR, "is anybody there?") }

// It shortens nothing.
func rollbarTooLarge([]string) error { return rollbarMessage(rollbar.ERR, strings.Repeat("x", 400000)) }

// A level is a string, and sent as it is.
func rollbarUnknownLevel([]string) error { return rollbarMessage("warn", "a level that is none") }

func rollbarMessage(level string, text string) error {
	heard := &complaints{}
	client := rollbarClient(heard)
	client.Message(level, text)
	client.Wait()
	if err := client.Close(); err != nil {
		return err
	}
	return tell(map[string]any{"complaints": heard.lines})
}

// The client that does not queue has sent when the call is back, so that a process may end at once.
func rollbarExits([]string) error {
	client := rollbar.NewSync(os.Getenv("ROLLBAR_ACCESS_TOKEN"), "test", "1.2.3", "web-1", "/srv/app")
	client.SetEndpoint(os.Getenv("ROLLBAR_ENDPOINT"))
	client.Message(rollbar.CRIT, "the last words")
	if err := tell(map[string]any{}); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}
