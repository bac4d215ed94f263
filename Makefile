# Everything a person or a CI job does here. `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help demo build release test soak format lint goldens clean

BUILD_NEEDS := pkg-config libmnl-dev libnftnl-dev
DEMO_NEEDS := iproute2
TEST_NEEDS := iptables nftables iproute2 conntrack strace
SWIFT_FILES := Sources Tests Package.swift

help: ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: release ## see the rules, put them into a namespace of its own, and watch connections meet them
	@scripts/require $(DEMO_NEEDS)
	@scripts/demo .build/release/istio-iptables-swift

build: ## a debug build
	@scripts/require $(BUILD_NEEDS)
	swift build

release: ## a release build, with the Swift runtime inside
	@scripts/require $(BUILD_NEEDS)
	swift build -c release --static-swift-stdlib --product istio-iptables-swift

test: ## build everything and run all tests; as root, or those on the kernel are skipped
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS)
	swift build --build-tests
	swift test --skip-build --disable-xctest
	@[ "$$(id -u)" = 0 ] || echo "note: not run as root, so the tests on the kernel were skipped"

soak: ## the property tests, for many more random configurations (ROUNDS=2000), and the campaigns in full
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS)
	SOAK_ROUNDS=$(or $(ROUNDS),2000) swift test --disable-xctest --filter 'Property|Campaign'

format: ## format the sources in place
	swift format --in-place -r $(SWIFT_FILES)

lint: ## check format and style of sources, and that scripts parse
	swift format lint --strict -r $(SWIFT_FILES)
	@for script in .ci/run $$(grep -lE '^#!.*(bash|sh)$$' scripts/*); do bash -n "$$script" || exit 1; done

goldens: build ## make the expected renderings in golden/ anew; look at the difference before you commit it
	@scripts/goldens .build/debug/istio-iptables-swift

clean: ## remove what was built
	rm -rf .build
