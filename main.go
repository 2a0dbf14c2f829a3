// Command workspace_exporter is a Prometheus exporter and alerting daemon for
// Huawei Cloud Workspace (cloud desktops).
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/workspace-exporter/workspace_exporter/internal/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(command.ExitStatus(err))
	}
}
