// The vendors' own Go SDKs, unmodified, for the tests of tests/clients: clients NAME [ARGUMENT...]. Each prints what it
// did and what its SDK made of the answers, as one line of JSON. Endpoints and keys come from the SDKs' own variables.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/aws/aws-xray-sdk-go/v2/xray"
	"github.com/aws/aws-xray-sdk-go/v2/xraylog"
)

var stories = map[string]func(arguments []string) error{
	"cloudwatch-logs":         cloudwatchLogs,
	"cloudwatch-logs-refused": cloudwatchLogsRefused,
	"libhoney":                libhoneyEvents,
	"otlp":                    otlpTraces,
	"otlp-signals":            otlpSignals,
	"rollbar":                 rollbarItems,
	"rollbar-exits":           rollbarExits,
	"rollbar-refused":         rollbarRefused,
	"rollbar-too-large":       rollbarTooLarge,
	"rollbar-unknown-level":   rollbarUnknownLevel,
	"xray":                    xrayServer,
	"xray-ids":                xrayIDs,
	"xray-sampling":           xraySampling,
}

func main() {
	// It writes to standard output by default. What it warns of fails a test.
	xray.SetLogger(xraylog.NewDefaultLogger(os.Stderr, xraylog.LogLevelWarn))

	if len(os.Args) < 2 || stories[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: clients NAME [ARGUMENT...]")
		os.Exit(2)
	}
	if err := stories[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func tell(what any) error {
	return json.NewEncoder(os.Stdout).Encode(what)
}
