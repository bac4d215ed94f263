# Everything a person or a CI job does here. `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help demo build release test check soak suite fuzz sanitize bench docs image-root install format lint goldens \
  same-goldens clean

BUILD_NEEDS := pkg-config libmnl-dev libnftnl-dev
DEMO_NEEDS := iproute2
TEST_NEEDS := binutils iptables nftables iproute2 conntrack strace
SWIFT_FILES := Sources Tests Benchmarks/Sources Fuzz/Sources Package.swift

help: ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: release ## see the rules, put them into a namespace of its own, and watch connections meet them
	@scripts/require $(DEMO_NEEDS)
	@scripts/demo .build/release/istio-iptables-swift

build: ## a debug build
	@scripts/require $(BUILD_NEEDS)
	swift build

# What the compiler brings goes inside as well, no symbol goes out, and the program has one place in memory, as Go's
# have: looking for places at every start, and writing them down, takes longer than what the program does itself. Nor
# are libraries looked for beside the program, where somebody else's might lie.
STATIC = .build/static
RELEASE = -c release --static-swift-stdlib --disable-local-rpath \
  -Xlinker -L$(CURDIR)/$(STATIC) -Xlinker --no-export-dynamic \
  -Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -no-pie -Xswiftc -Xclang-linker -Xswiftc -static-libgcc

release: ## a release build, with the Swift runtime inside
	@scripts/require $(BUILD_NEEDS)
	@scripts/static-library libstdc++.a $(STATIC)
	swift build $(RELEASE) --product istio-iptables-swift

test: ## build everything and run all tests; as root, or those on the kernel are skipped
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS)
	swift build --build-tests
	swift test --skip-build --disable-xctest
	@[ "$$(id -u)" = 0 ] || echo "note: not run as root, so the tests on the kernel were skipped"

check: lint release docs test same-goldens sanitize fuzz ## everything that a release must pass: about a quarter of an hour on two idle cores

soak: ## the property tests, for many more random configurations (ROUNDS=2000), and the campaigns in full
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS)
	SOAK_ROUNDS=$(or $(ROUNDS),2000) swift test --disable-xctest --filter 'Property|Campaign'

suite: ## hold the reader of rules against iptables' own tests: IPTABLES_SUITE=iptables-1.8.x/extensions
	@[ -n "$(IPTABLES_SUITE)" ] || { echo "error: IPTABLES_SUITE must name the folder extensions of iptables' sources" >&2; exit 1; }
	@scripts/require $(BUILD_NEEDS)
	IPTABLES_SUITE=$(abspath $(IPTABLES_SUITE)) swift test --disable-xctest --filter SuiteTests

fuzz: ## fuzz the reader of rules with libFuzzer, for FUZZ_SECONDS (60); what fails is left in .build-fuzz
	@scripts/require $(BUILD_NEEDS)
	Fuzz/run -max_total_time=$(or $(FUZZ_SECONDS),60) -print_final_stats=1

sanitize: ## tests of the kernel's side, where memory is unsafe, under AddressSanitizer and ThreadSanitizer
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS)
	@scripts/sanitize address NetfilterTests
	@scripts/sanitize thread NetfilterTests

bench: release ## measure, in tables for the README; as root, a quarter of an hour
	@scripts/require $(TEST_NEEDS)
	@scripts/bench .build/release/istio-iptables-swift

DOCUMENTED := NetworkValues RuleModel IptablesText NftablesModel MeshRules MeshOptions RuleAnalysis PacketTrace ProxyConfig \
  Intercept Netfilter \
  ManifestText KubernetesObjects SidecarInjection MeshListeners ManifestLint Manifests
docs: ## the library's documentation, into .build/docs
	@scripts/require $(BUILD_NEEDS)
	@rm -rf .build/docs
	swift package --allow-writing-to-directory .build/docs generate-documentation --warnings-as-errors \
	  --enable-experimental-combined-documentation $(DOCUMENTED:%=--target %) \
	  --output-path .build/docs

ROOT = .build/image-root
image-root: release ## the files of the container image, laid out in ROOT=.build/image-root
	@[ "$(origin ROOT)" != file ] || rm -rf $(ROOT)
	@scripts/require binutils
	@scripts/image-root .build/release/istio-iptables-swift $(ROOT)

PREFIX = /usr/local
install: release ## the binary, its manual pages and shell completions, into PREFIX=/usr/local (and DESTDIR)
	swift build $(RELEASE) --product generate-manual
	@scripts/install .build/release "$(DESTDIR)$(PREFIX)"

format: ## format the sources in place
	swift format --in-place -r $(SWIFT_FILES)

lint: ## check format and style of sources, and that scripts parse
	swift format lint --strict -r $(SWIFT_FILES)
	@for script in .ci/run $$(grep -lE '^#!.*(bash|sh)$$' scripts/*); do bash -n "$$script" || exit 1; done

goldens: release ## make the expected renderings in golden/ anew; look at the difference before you commit it
	@scripts/goldens .build/release/istio-iptables-swift

same-goldens: goldens ## make them anew, and fail where they are not those of the last commit
	@changes=$$(git status --porcelain golden) && [ -z "$$changes" ] || \
	  { echo "error: golden/ is not what is committed:" >&2; git --no-pager diff golden; git status --short golden; exit 1; }

clean: ## remove what was built
	rm -rf .build .build-fuzz .build-address .build-thread Benchmarks/.build
