package command

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/replay"
)

// The simulator's only account. The keys open nothing else.
const (
	demoAccessKey = "DEMOACCESSKEY"
	demoSecretKey = "demo-secret-key"
	demoRegion    = "ap-southeast-3"
	demoProjectID = "0123456789abcdef0123456789abcdef"
)

// fleet is what the simulator is made of.
type fleet struct {
	desktops  int
	speed     float64
	startHour float64
	seed      uint64
}

func fleetFlags(c *kingpin.CmdClause, prefix string, f *fleet) {
	c.Flag(prefix+"desktops", "Desktops of the simulated fleet.").Default(strconv.Itoa(simulator.DefaultDesktops)).IntVar(&f.desktops)
	c.Flag(prefix+"speed", "How many times faster than real time the simulated working day passes.").Default("1").Float64Var(&f.speed)
	c.Flag(prefix+"start-hour", "Hour of the working day at which the simulation starts.").Default("8.5").Float64Var(&f.startHour)
	c.Flag(prefix+"seed", "Seed of the simulated fleet.").Default("1").Uint64Var(&f.seed)
}

// incidentHelp says how a running simulator is made to have trouble.
func incidentHelp() string {
	return fmt.Sprintf("An incident begins with POST %sincident?kind=KIND and ends with DELETE; GET lists those that are on. Kinds: %s.",
		simulator.ControlPath, strings.Join(simulator.IncidentHelp(), "; "))
}

func (f fleet) simulator() *simulator.Simulator {
	return simulator.New(simulator.Config{
		Desktops: f.desktops, Speed: f.speed, StartHour: f.startHour, Seed: f.seed,
		Projects:   []simulator.Project{{ID: demoProjectID, Region: demoRegion}},
		AccessKeys: map[string]string{demoAccessKey: demoSecretKey},
	})
}

// simulateFlags are the flags of the simulate command.
type simulateFlags struct {
	listen, replay string
	fleet          fleet
}

func simulateCommand(app *kingpin.Application, f *simulateFlags) *kingpin.CmdClause {
	c := app.Command("simulate", "Serve the built-in simulator of the Workspace API alone. "+incidentHelp())
	c.Flag("listen", "Address to listen on; the simulator is meant for loopback addresses.").Default("127.0.0.1:8080").StringVar(&f.listen)
	c.Flag("replay", "Serve the answers in this folder, which the command capture has written, instead of a simulated fleet. Signatures are not checked.").StringVar(&f.replay)
	fleetFlags(c, "", &f.fleet)
	return c
}

func runSimulate(ctx context.Context, f simulateFlags, logger *slog.Logger) error {
	if f.replay != "" {
		return runReplay(ctx, f, logger)
	}
	server := newServer(f.fleet.simulator().WithControl(), logger)
	server.Addr = f.listen
	logger.Info("the simulator stands in for the Workspace API and IAM", "endpoint", browserURL(f.listen, false),
		"region", demoRegion, "project_id", demoProjectID, "access_key", demoAccessKey, "secret_key", demoSecretKey)
	return serveHTTP(ctx, server, (*http.Server).ListenAndServe)
}

// runReplay serves a folder of recordings.
func runReplay(ctx context.Context, f simulateFlags, logger *slog.Logger) error {
	recorded, err := replay.Open(os.DirFS(f.replay), time.Now)
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("--replay %s: %w", f.replay, err)}
	}
	for _, p := range recorded.Projects() {
		logger.Info("recorded answers stand in for the Workspace API and IAM, any key will do", "endpoint", browserURL(f.listen, false),
			"region", p.Region, "project_id", p.ID)
	}
	server := newServer(recorded, logger)
	server.Addr = f.listen
	return serveHTTP(ctx, server, (*http.Server).ListenAndServe)
}
