import Intercept
import Testing

/// Options that show in an unusual place, or only by missing rules.
struct GuessedOptionsTests {
  private static func built(_ change: (inout Configuration) -> Void) -> [Ruleset] {
    var configuration = Configuration()
    change(&configuration)
    return RulesetBuilder.build(configuration)
  }

  /// The options guessed from rules in nftables form.
  private static func native(_ rules: [Ruleset]) throws -> String {
    let native = try NativeRuleset(lowering: rules)
    let guess = try #require(Guess(IPFamily.allCases.map { Ruleset(lifting: native, $0) }, isNative: true))
    #expect(guess.isComplete, "\(guess.text())")
    return guess.commandLine
  }

  @Test(arguments: [("10.0.0.10", IPFamily.ipv6, "192.0.2.53"), ("fd00::a", .ipv4, "2001:db8::53")])
  func `a DNS server of the family that is not in the dump`(
    server: String, family: IPFamily, guessed: String
  ) throws {
    let rules = Self.built {
      $0.includesIPv6 = true
      $0.dns = .servers([IPAddress(server)].compactMap { $0 })
    }
    let guess = try #require(Guess(rules.filter { $0.family == family }))
    #expect(guess.isComplete)
    #expect(guess.commandLine.hasPrefix("--redirect-dns --dns-servers \(guessed)"))
  }

  @Test(arguments: IstioRelease.all)
  func `everything excluded, and everything among other blocks`(release: IstioRelease) throws {
    let rules = Self.built {
      $0.release = release
      $0.includesIPv6 = true
      $0.excludedOutboundCIDRs = ["0.0.0.0/0", "10.0.0.0/8"].compactMap(CIDR.init)
      $0.outboundCIDRs = .only(["::/0", "87.164.198.229/32"].compactMap(WrittenCIDR.init))
    }
    let guess = try #require(Guess(rules))
    #expect(guess.isComplete)
    #expect(guess.commandLine == "-i 87.164.198.229/32,::/0 -x 0.0.0.0/0,10.0.0.0/8 --ip-family dual")
  }

  @Test(arguments: [
    ("127.0.0.0/8", "127.0.0.0/8"), ("127.0.0.9/0", "127.0.0.1/0"), ("::1/128", "::1/128"),
  ])
  func `a block written with a loopback address`(block: String, guessed: String) throws {
    let rules = Self.built { $0.outboundCIDRs = .only(["10.0.0.0/8", block].compactMap(WrittenCIDR.init)) }
    let guess = try #require(Guess(rules))
    #expect(guess.isComplete)
    #expect(guess.commandLine == "-i 10.0.0.0/8,\(guessed)")
  }

  @Test func `owners given twice, and a group that is the proxy's and excluded`() throws {
    let rules = Self.built {
      $0.proxyUsers = ["3", "4", "3"].compactMap(UserID.init)
      $0.proxyGroups = ["0", "0"].compactMap(GroupID.init)
      $0.ownerGroups = .all(except: ["0", "9"].compactMap(GroupID.init))
    }
    let guess = try #require(Guess(rules))
    #expect(guess.isComplete)
    #expect(guess.commandLine == "ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE=0,9 -u 3,4,3 -g 0,0")
  }

  @Test func `the native form's owners, neighbours or not`() throws {
    let neighbours = Self.built { $0.proxyUsers = ["3", "4"].compactMap(UserID.init) }
    #expect(try Self.native(neighbours) == "-u 3,4 -g 1337 --native-nftables")
    let groups = Self.built { $0.ownerGroups = .only(["3030", "202"].compactMap(GroupID.init)) }
    #expect(try Self.native(groups) == "ISTIO_OUTBOUND_OWNER_GROUPS=202,3030 --native-nftables")
  }

  /// No packet reaches the rule for the loopback block, so the nftables form omits it. The rules still show
  /// how self-calls are handled, and the family for which old releases append a RETURN.
  @Test(arguments: IstioRelease.all, ["127.0.0.0/8", "127.0.0.1/32", "::1/128"])
  func `a loopback block without a rule in the native form`(release: IstioRelease, block: String) throws {
    for other in ["192.0.2.7/32", "2001:db8::/32"] {
      let rules = Self.built {
        $0.release = release
        $0.includesIPv6 = true
        $0.loopbackCIDR = CIDR("127.0.0.0/8") ?? $0.loopbackCIDR
        $0.outboundCIDRs = .only([other, block].compactMap(WrittenCIDR.init))
      }
      #expect(try Self.native(rules).contains(other))
    }
  }

  @Test func `the rest of a broken native form is in Istio's chains`() throws {
    let rules = Self.built { $0.ownerGroups = .only(["3030", "202"].compactMap(GroupID.init)) }
    let native = try NativeRuleset(lowering: rules)
    let live = IPFamily.allCases.map { Ruleset(lifting: native, $0).without(.nat, .istioRedirect) }
    let guess = try #require(Guess(live, isNative: true))
    #expect(guess.leftovers.flatMap(\.chains).map(\.chain) == [.istioRedirect])
  }

  @Test func `a tunnel on a port that the injector excludes`() throws {
    let rules = Self.built {
      $0.release = IstioRelease(minor: 14) ?? .newest
      $0.inboundTunnelPort = 15020
      $0.inboundPorts = .all(except: [PortRange(15090)])
    }
    let guess = try #require(Guess(rules))
    #expect(guess.isComplete && guess.configuration.inboundTunnelPort == 15020)
  }
}
