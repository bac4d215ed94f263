# Commands for developers and CI. `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help demo build release test check node-test agent agent-test chart fresh soak suite injection-suite nft-suite \
  yaml-suite fuzz soak-fuzz sanitize bench instructions symbol-order docs \
  image-root image-archive pod-image-root pod-image-archive node-image-root \
  node-image-archive manual-generator dist deb agent-deb reproducible install format lint goldens same-goldens clean

BUILD_NEEDS := pkg-config libyaml-dev zlib1g-dev
DEMO_NEEDS := iproute2
TEST_NEEDS := binutils chromium conntrack fish graphviz iproute2 ipset iptables nftables procps strace tcpdump tshark zsh
NODE_NEEDS := containerd runc containernetworking-plugins busybox-static curl python3 golang-go golang-github-appc-cni-dev
KUBERNETES_NEEDS := dpkg-dev golang-github-modern-go-reflect2-dev iptables make nftables openssl rsync
FRESH_NEEDS := debootstrap git
SWIFT_FILES := Sources Tests Benchmarks/Sources Fuzz/Sources Package.swift \
  Node/Package.swift Node/Tests $(filter-out Node/Sources/CRIInterface,$(wildcard Node/Sources/*))

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: release ## show the rules, apply them in a network namespace, and connect through them
	@scripts/require $(DEMO_NEEDS)
	@scripts/demo .build/release/istio-iptables-swift

# A target imports only what Package.swift lists for it; SwiftPM accepts more if the module is built already.
BUILD := swift build --explicit-target-dependency-import-check error

# Debug information takes a seventh of a build's time, and only a debugger reads it: make build DEBUG_INFO=dwarf.
DEBUG_INFO ?= none
DEBUG_BUILD := $(BUILD) -debug-info-format $(DEBUG_INFO)

build: ## make a debug build
	@scripts/require $(BUILD_NEEDS)
	$(DEBUG_BUILD)

# The executable is static and not position-independent: loading libraries and relocation take longer than the program's
# own work. Static glibc has no modules of the name service switch, so the program reads /etc/passwd and /etc/group itself.
# Metadata accessors are called directly, not looked up by mangled name: a first apply takes 26 % fewer instructions.
STATIC = .build/static
RELEASE = -c release --static-swift-stdlib -Xswiftc -static-executable -Xlinker -L$(CURDIR)/$(STATIC) \
  -Xlinker --build-id=sha1 -Xswiftc -use-ld=lld \
  -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
  -Xswiftc -Xfrontend -Xswiftc -function-sections $(REPRODUCIBLE) \
  -Xlinker --no-eh-frame-hdr -Xlinker -T -Xlinker $(CURDIR)/scripts/no-unwind-tables.ld

# The same bytes from any folder, debug information included: paths are relative, and nothing is derived from the path of
# the module cache.
REPRODUCIBLE = -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. -Xcc -ffile-prefix-map=$(CURDIR)=. \
  -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen \
  -Xswiftc -Xfrontend -Xswiftc -no-clang-module-breadcrumbs

# Functions that an apply runs lie together, if scripts/symbols.order lists them.
ORDER := $(wildcard $(CURDIR)/scripts/symbols.order)
RELEASE += $(ORDER:%=-Xlinker --symbol-ordering-file=% -Xlinker --no-warn-symbol-ordering)

release: ## make a release build: static executables
	@scripts/require $(BUILD_NEEDS)
	@scripts/static-library $(STATIC) libstdc++.a
	$(BUILD) $(RELEASE) --product istio-iptables
	$(BUILD) $(RELEASE) --product istio-cni-swift
	$(BUILD) $(RELEASE) --product istio-iptables-swift

test: ## build everything and run all tests; as root, or the tests on the kernel are skipped
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS) $(NODE_NEEDS)
	$(DEBUG_BUILD) --build-tests
	@scripts/test
	@scripts/node/test .build/debug

# The node agent is a package of its own: gRPC and NIO take minutes to build, and the tool needs neither. Its tests are
# built as a product: --build-tests also builds the programs of the dependencies, protoc among them.
AGENT_NEEDS := zlib1g-dev
agent: ## make a release build of the node agent in Node/.build, a quarter of an hour the first time
	@scripts/require $(BUILD_NEEDS) $(AGENT_NEEDS)
	cd Node && swift build -c release --static-swift-stdlib --product istio-node-agent

agent-test: build ## build and test the node agent, alone and with containerd; the build is kept in Node/.build
	@scripts/require $(BUILD_NEEDS) $(AGENT_NEEDS) $(NODE_NEEDS) nftables openssl
	cd Node && swift build -debug-info-format $(DEBUG_INFO) --product istio-node-agent && swift build -debug-info-format $(DEBUG_INFO) --product istio-node-agentPackageTests
	cd Node && swift test --skip-build --disable-xctest
	@scripts/node/agent-test .build/debug/istio-iptables-swift .build/debug/istio-cni-swift Node/.build/debug/istio-node-agent

chart: ## check the Helm chart and compare its rendering with golden/helm; helm in the PATH or in HELM
	@scripts/chart

# The tests and campaigns run the release, static and ordered, which is what users run.
check soak: export TESTED_PROGRAMS ?= $(CURDIR)/.build/release
check: lint release docs test same-goldens sanitize fuzz ## everything that a change must pass: about 35 minutes on two idle cores

node-test: release agent ## test with newer libcni and containerd, and with Kubernetes, built once in KUBERNETES=.build/kubernetes; as root, with helm
	@scripts/require $(NODE_NEEDS) $(KUBERNETES_NEEDS)
	@scripts/node/versions-test .build/release/istio-iptables-swift .build/release/istio-cni-swift
	@scripts/node/kubernetes-test .build/release/istio-iptables-swift .build/release/istio-cni-swift Node/.build/release/istio-node-agent

fresh: ## run `make demo` and `make test` on a minimal Debian (debootstrap, chroot); as root, before a release
	@scripts/require $(FRESH_NEEDS)
	@scripts/fresh

soak: release ## property tests with ROUNDS=2000 random configurations, and campaigns at every system call, or one in SHARE=1
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS)
	$(DEBUG_BUILD) --build-tests
	@SOAK_ROUNDS=$(or $(ROUNDS),2000) SOAK_SHARE=$(or $(SHARE),1) scripts/soak

suite: ## parse the rules of iptables' own test suite: IPTABLES_SUITE=iptables-1.8.x/extensions
	@[ -n "$(IPTABLES_SUITE)" ] || { echo "error: IPTABLES_SUITE is not set; give the folder extensions of iptables' sources" >&2; exit 1; }
	@scripts/require $(BUILD_NEEDS)
	$(DEBUG_BUILD) --build-tests
	IPTABLES_SUITE=$(abspath $(IPTABLES_SUITE)) swift test --skip-build --disable-xctest --filter SuiteTests

nft-suite: ## print the rules of nftables' own test suite: NFT_SUITE=nftables/tests/py
	@[ -n "$(NFT_SUITE)" ] || { echo "error: NFT_SUITE is not set; give the folder tests/py of nftables' sources" >&2; exit 1; }
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS)
	$(DEBUG_BUILD) --build-tests
	NFT_SUITE=$(abspath $(NFT_SUITE)) swift test --skip-build --disable-xctest --filter NftSuiteTests

yaml-suite: ## read the documents of yaml-test-suite as Kubernetes does: YAML_SUITE=yaml-test-suite's branch data
	@[ -n "$(YAML_SUITE)" ] || { echo "error: YAML_SUITE is not set; give the branch data of yaml-test-suite" >&2; exit 1; }
	@scripts/require $(BUILD_NEEDS) golang-go golang-k8s-sigs-yaml-dev
	@scripts/kubernetes-yaml $(abspath $(YAML_SUITE))
	$(DEBUG_BUILD) --build-tests
	YAML_SUITE=$(abspath $(YAML_SUITE)) swift test --skip-build --disable-xctest --filter YAMLSuiteTests

fuzz: ## fuzz every reader with libFuzzer, one after another, for FUZZ_SECONDS (3) each; failing inputs are kept in .build-fuzz
	@scripts/require $(BUILD_NEEDS)
	Fuzz/run -max_total_time=$(or $(FUZZ_SECONDS),3)

soak-fuzz: ## fuzz every reader for an hour each
	@scripts/require $(BUILD_NEEDS)
	Fuzz/run -max_total_time=3600

sanitize: ## run the tests of Netfilter, the target with unsafe memory, under AddressSanitizer and ThreadSanitizer
	@scripts/require $(BUILD_NEEDS) $(TEST_NEEDS)
	@scripts/sanitize address NetfilterTests
	@scripts/sanitize thread NetfilterTests

injection-suite: release ## compare print --pod with Istio's injector, on Istio's tests in FOLDER
	@scripts/injection-suite .build/release/istio-iptables-swift $(FOLDER)

bench: release ## measure and print tables, medians of ROUNDS=51 turns; as root, a quarter of an hour
	@scripts/require $(TEST_NEEDS) time
	@scripts/bench .build/release $(ROUNDS)

instructions: release ## count the instructions of frequent commands, and fail if one grew by 3 %; as root
	@scripts/require binutils util-linux valgrind
	@scripts/instructions .build/release

symbol-order: release ## renew scripts/symbols.order, from which the linker places functions; as root
	@scripts/require binutils util-linux valgrind
	@scripts/symbol-order .build/release/istio-iptables >.build/symbols.order
	@mv .build/symbols.order scripts/symbols.order

# The layers of Sources/Intercept, Netfilter, Manifests and NodeAgent, and the other libraries.
LAYERS := $(notdir $(wildcard Sources/Intercept/* Sources/Netfilter/* Sources/Manifests/* Sources/NodeAgent/*))
DOCUMENTED := TextOutput $(LAYERS) Pictures Inspection InputText Installation
docs: ## build the libraries' documentation in .build/docs
	@scripts/require $(BUILD_NEEDS)
	@rm -rf .build/docs
	swift package --allow-writing-to-directory .build/docs generate-documentation --warnings-as-errors \
	  --enable-experimental-combined-documentation $(DOCUMENTED:%=--target %) \
	  --output-path .build/docs

ROOT = .build/image-root
image-root: release ## collect the files of the container image in ROOT=.build/image-root
	@[ "$(origin ROOT)" != file ] || rm -rf $(ROOT)
	@scripts/require binutils
	@scripts/image-root $(ROOT) .build/release/istio-iptables-swift

ARCHIVE = .build/istio-iptables-swift.oci.tar
image-archive: image-root ## pack the image into an OCI archive without a container engine: ARCHIVE=FILE
	@scripts/oci-archive $(ROOT) $(ARCHIVE) istio-iptables-swift

POD_ROOT = .build/pod-image-root
pod-image-root: release ## collect the files of the init containers' image, istio-iptables alone, in POD_ROOT=.build/pod-image-root
	@[ "$(origin POD_ROOT)" != file ] || rm -rf $(POD_ROOT)
	@scripts/require binutils
	@scripts/image-root $(POD_ROOT) .build/release/istio-iptables

POD_ARCHIVE = .build/istio-iptables.oci.tar
pod-image-archive: pod-image-root ## pack the init containers' image into an OCI archive: POD_ARCHIVE=FILE
	@scripts/oci-archive $(POD_ROOT) $(POD_ARCHIVE) istio-iptables

NODE_ROOT = .build/node-image-root
node-image-root: release agent ## collect the files of the node agent's image: agent, plugin and tool, in NODE_ROOT=.build/node-image-root
	@[ "$(origin NODE_ROOT)" != file ] || rm -rf $(NODE_ROOT)
	@scripts/require binutils
	@scripts/image-root $(NODE_ROOT) Node/.build/release/istio-node-agent \
	  .build/release/istio-cni-swift .build/release/istio-iptables-swift

NODE_ARCHIVE = .build/istio-node-agent.oci.tar
node-image-archive: node-image-root ## pack the node agent's image into an OCI archive: NODE_ARCHIVE=FILE
	@scripts/oci-archive $(NODE_ROOT) $(NODE_ARCHIVE) istio-node-agent

manual-generator: release
	$(BUILD) $(RELEASE) --product generate-manual

DIST = .build/dist
dist: manual-generator ## collect a release in DIST=.build/dist: binary, debug file, manual, SBOM, checksums
	@scripts/require binutils
	@[ "$(origin DIST)" != file ] || rm -rf $(DIST)
	@scripts/dist .build/release $(DIST)

deb: manual-generator ## build the Debian package in DEB=.build/deb, and check it with lintian
	@scripts/require binutils dpkg-dev lintian
	@scripts/deb .build/release $(or $(DEB),.build/deb)

reproducible: ## build the last commit in two folders, and fail if the executables differ
	@scripts/require $(BUILD_NEEDS) binutils git
	@scripts/reproducible

agent-deb: release agent ## build the Debian package of the node agent, with its systemd unit, in DEB=.build/deb
	@scripts/require binutils dpkg-dev lintian
	@scripts/agent-deb Node/.build/release/istio-node-agent .build/release/istio-iptables-swift $(or $(DEB),.build/deb)

PREFIX = /usr/local
install: manual-generator ## install the binary, manual pages and shell completions in PREFIX=/usr/local (and DESTDIR)
	@scripts/install .build/release "$(DESTDIR)$(PREFIX)"

format: ## format the sources in place
	swift format --in-place -r $(SWIFT_FILES)

lint: ## check the format and style of sources, and the syntax of scripts and dictionaries
	swift format lint --strict -r $(SWIFT_FILES)
	@scripts/comments $(SWIFT_FILES)
	@for script in .ci/run $$(grep -lsE '^#(!| shellcheck shell=).*(bash|sh)$$' scripts/* scripts/node/* scripts/node/agent/* scripts/node/kubernetes/* scripts/node/kubernetes/cases/*); do bash -n "$$script" || exit 1; done
	@! LC_ALL=C grep -n '[^[:print:]]' Fuzz/dictionaries/* || { echo 'error: libFuzzer reads ASCII alone; write other characters as \xNN' >&2; exit 1; }

goldens: release ## regenerate the expected outputs in golden/; review the difference before you commit it
	@scripts/goldens .build/release/istio-iptables-swift

same-goldens: goldens ## regenerate golden/, and fail if it differs from the last commit
	@changes=$$(git status --porcelain golden) && [ -z "$$changes" ] || \
	  { echo "error: golden/ differs from the last commit:" >&2; git --no-pager diff golden; git status --short golden; exit 1; }

clean: ## remove everything that was built
	rm -rf .build .build-node .build-fuzz .build-address .build-thread .build-fresh Benchmarks/.build Node/.build
