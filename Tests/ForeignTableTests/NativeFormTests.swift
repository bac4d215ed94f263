import Intercept
import TestSupport
import Testing

/// Listings of Istio's own tables and of those of iptables-nft.
struct NativeFormTests {
  @Test(arguments: GoldenFile.all.filter { $0.ending == "nft" })
  func listingOfTheNativeFormIsReadBack(file: GoldenFile) throws {
    let text = try file.text()
    let tables = try NftRuleset(listing: text)
    #expect(tables.istioTables.nftText == text)
    #expect(tables.foreignTables.isEmpty)
  }

  /// The sidecar's rules as Istio's own program writes them with `--native-nftables`: without comments and sets.
  private static let istio = """
    table inet istio-proxy-nat {
    \tchain prerouting {
    \t\ttype nat hook prerouting priority dstnat; policy accept;
    \t\tmeta l4proto tcp counter packets 0 bytes 0 jump istio-inbound
    \t}

    \tchain output {
    \t\ttype nat hook output priority -100; policy accept;
    \t\tcounter packets 0 bytes 0 jump istio-output
    \t}

    \tchain istio-inbound {
    \t\ttcp dport 15008 counter packets 0 bytes 0 return
    \t\tmeta l4proto tcp counter packets 0 bytes 0 jump istio-in-redirect
    \t}

    \tchain istio-redirect {
    \t\tmeta l4proto tcp counter packets 0 bytes 0 redirect to :15001
    \t}

    \tchain istio-in-redirect {
    \t\tmeta l4proto tcp counter packets 0 bytes 0 redirect to :15006
    \t}

    \tchain istio-output {
    \t\toifname "lo" ip saddr 127.0.0.6 counter packets 0 bytes 0 return
    \t\toifname "lo" ip daddr != 127.0.0.1 tcp dport != 15008 meta skuid 1337 counter packets 0 bytes 0 jump istio-in-redirect
    \t\toifname "lo" meta skuid != 1337 counter packets 0 bytes 0 return
    \t\tmeta skuid 1337 counter packets 0 bytes 0 return
    \t\toifname "lo" ip daddr != 127.0.0.1 tcp dport != 15008 meta skgid 1337 counter packets 0 bytes 0 jump istio-in-redirect
    \t\toifname "lo" meta skgid != 1337 counter packets 0 bytes 0 return
    \t\tmeta skgid 1337 counter packets 0 bytes 0 return
    \t\tip daddr 127.0.0.1 counter packets 0 bytes 0 return
    \t\tcounter packets 0 bytes 0 jump istio-redirect
    \t}
    }

    """

  private static var wanted: [Ruleset] {
    RulesetBuilder.build(.sidecar { $0.inboundPorts = .all(except: []) })
  }

  private static func comparison(_ text: String) throws -> FormComparison {
    let tables = try NftRuleset(listing: text)
    return FormComparison(
      wanted: wanted, live: wanted.map { tables.iptablesTables($0.family).completed(by: $0) },
      native: tables.istioTables.tables.map {
        NativeTableReading(name: $0.name.kernelName, chains: $0.chains)
      })
  }

  @Test func istioTablesMeanTheSame() throws {
    let comparison = try Self.comparison(Self.istio)
    #expect(comparison.isNative && comparison.isEmpty, "\(comparison.rulesets)")
  }

  /// Istio's own program drops invalid packets of TCP alone, where its rules of iptables drop all.
  @Test func aGuessExplainsInvalidPacketsOfTCPAlone() throws {
    let mangle = """
      table inet istio-proxy-mangle {
      \tchain prerouting {
      \t\ttype filter hook prerouting priority mangle; policy accept;
      \t\tmeta l4proto tcp ct state invalid counter packets 0 bytes 0 jump istio-drop
      \t}

      \tchain istio-drop {
      \t\tcounter packets 0 bytes 0 drop
      \t}
      }

      """
    let tables = try NftRuleset(listing: Self.istio + mangle)
    let readings = tables.istioTables.tables.map {
      NativeTableReading(name: $0.name.kernelName, chains: $0.chains)
    }
    let rules = IPFamily.allCases.map { tables.rules($0) }
    let guess = try #require(InstalledMesh(rules, isNative: true, native: readings).guess)
    #expect(guess.isComplete && guess.configuration.dropsInvalid, "\(guess.leftovers)")
  }

  @Test(arguments: [
    ("dport 15008 counter packets 0 bytes 0 return", "dport 15009 counter packets 0 bytes 0 return"),
    ("skuid != 1337", "skuid != 1338"), ("redirect to :15001", "redirect to :15002"),
    ("priority -100", "priority -99"),
  ])
  func changedTablesDiffer(part: String, other: String) throws {
    let text = Self.istio.replacing(part, with: other)
    #expect(try !Self.comparison(text).isEmpty)
  }

  @Test func optionsOfIstioTablesAreGuessed() throws {
    let tables = try NftRuleset(listing: Self.istio)
    let guess = try #require(Guess(IPFamily.allCases.map { tables.rules($0) }, isNative: tables.isNativeForm))
    #expect(guess.isComplete && guess.isNative, "\(guess.leftovers)")
    #expect(guess.configuration.families == [.ipv4])
    #expect(guess.configuration.inboundPorts == .all(except: []))
  }

  @Test func tablesOfIptablesAreRead() throws {
    let text = """
      # Warning: table ip nat is managed by iptables-nft, do not touch!
      table ip nat {
      \tchain OUTPUT {
      \t\ttype nat hook output priority -100; policy accept;
      \t\tcounter packets 1 bytes 60 jump KUBE-SERVICES
      \t}
      \tchain KUBE-SERVICES {
      \t\toifname "lo" ip daddr != 127.0.0.1 tcp dport != 15008 skuid 1337 counter packets 0 bytes 0 return
      \t\tudp dport 53 skgid != 1337 counter packets 0 bytes 0 xt target CT
      \t\tip daddr 10.0.0.0/8  counter packets 0 bytes 0 dnat to 10.1.1.1:8080
      \t}
      }
      """
    let wanted = """
      *nat
      :KUBE-SERVICES - [0:0]
      -A OUTPUT -j KUBE-SERVICES
      -A KUBE-SERVICES ! -d 127.0.0.1/32 -o lo -p tcp -m tcp ! --dport 15008 -m owner --uid-owner 1337 -j RETURN
      -A KUBE-SERVICES -p udp -m udp --dport 53 -m owner ! --gid-owner 1337 -j CT --zone 1
      -A KUBE-SERVICES -d 10.0.0.0/8 -j DNAT --to-destination 10.1.1.1:8080
      COMMIT

      """
    let rules = try IptablesDump.parse(wanted, family: .ipv4).ruleset
    #expect(NftRuleset.isListing(text))
    #expect(try NftRuleset(text: text).iptablesTables(.ipv4).completed(by: rules) == rules)
  }

  @Test func extensionsWithoutOptionsAreCompletedInOrder() throws {
    let text = """
      table ip nat {
      \tchain OUTPUT {
      \t\ttype nat hook output priority -100; policy accept;
      \t\txt match "owner" counter packets 0 bytes 0 return
      \t\txt match "owner" counter packets 0 bytes 0 return
      \t\tmeta l4proto tcp xt match "owner" counter packets 0 bytes 0 return
      \t}
      }
      """
    let wanted = """
      *nat
      -A OUTPUT -m owner --uid-owner 1337 -j RETURN
      -A OUTPUT -m owner --gid-owner 1337 -j RETURN
      COMMIT

      """
    let rules = try IptablesDump.parse(wanted, family: .ipv4).ruleset
    let live = try NftRuleset(text: text).iptablesTables(.ipv4).completed(by: rules)
    #expect(live[.nat, ChainName(.output)]?.rules.prefix(2) == rules[.nat, ChainName(.output)]?.rules[...])
    #expect(live.ruleCount == 3)
  }
}
