# Each target is a line a person could type.

.PHONY: build test race lint docs sdk-model runbooks dashboards reliability series demo demo-stack end-to-end kubernetes helm-lint scratch packages alerts

build: ## build the binary
	deploy/build

test: ## run all tests
	go test ./...

race: ## run all tests under the race detector
	go test -race ./...

lint: ## gofmt, vet and golangci-lint, pinned in tools/go.mod
	test -z "$$(gofmt -l .)"
	go vet ./...
	go tool -modfile=tools/go.mod golangci-lint run ./...

docs: ## write what is generated from declarations
	go test ./internal/docs -run TestFilesAreUpToDate -update
	go test ./internal/command -run 'TestSizingGuide|TestConfigurationPage' -update

sdk-model: ## write what the SDK says of each answer that is read (apiclient/drift/model.json)
	go test ./apiclient/drift -run TestModelIsUpToDate -update

runbooks: ## write the index of docs/runbooks from the rules
	go test ./docs/runbooks -run TestIndex -update

alerts: ## write the table of docs/alerts.md from the rules
	go test ./alerts -run TestTable -update

dashboards: ## write dashboards/ from internal/dashboards
	go test ./internal/dashboards -update

reliability: ## let the API fail in every way and write the matrix of docs/reliability.md
	go test ./internal/daemon -run TestFaultMatrix -update-matrix

series: ## measure how many series there are and write docs/series.md
	go test ./internal/daemon -run TestSeriesTable -update-series -timeout 30m

demo: ## run on the built-in simulator
	go run . --demo

end-to-end: ## run everything together: simulator, exporter, Prometheus, Alertmanager (2 minutes)
	tools/install .tools prometheus alertmanager
	PATH="$$PWD/.tools:$$PATH" WORKSPACE_EXPORTER_TOOLS=required go test ./internal/e2e -count=1 -v -run TestMorning

# SPEED=30 shortens everything that lasts: an hour becomes two minutes.
SPEED = 1
demo-stack: ## the same set for a person to look at, until Ctrl-C
	{ command -v prometheus && command -v alertmanager; } >/dev/null || tools/install .tools prometheus alertmanager
	PATH="$$PATH:$$PWD/.tools" WORKSPACE_EXPORTER_TOOLS=required go test ./internal/e2e -count=1 -v -run TestDemoStack -timeout 0 -demo-stack -demo-speed $(SPEED)

kubernetes: ## list rules and dashboards for kustomize
	go test ./deploy -run TestKustomizations -update

helm-lint: ## check the chart (with helm, kubeconform and kustomize of tools/install)
	helm lint --strict deploy/helm/workspace-exporter
	WORKSPACE_EXPORTER_TOOLS=required go test ./deploy -run 'TestChart|TestKube'

scratch: ## run what the image holds, in a read-only root as user 65532 (as root)
	deploy/test/scratch

packages: ## make the .deb and the .rpm (with nfpm of tools/install)
	deploy/packages
