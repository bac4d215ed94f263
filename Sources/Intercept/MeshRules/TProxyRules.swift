import NetworkValues
import RuleModel

/// TPROXY: inbound connections that keep the client's address.
extension RulesetBuilder {
  /// The mark of packets to the proxy; nil in REDIRECT mode.
  private var inboundMark: Mark? {
    switch configuration.interception {
    case .redirect: nil
    case .tproxy(let mark, _): mark
    }
  }

  private func withMark(_ rules: (Mark) -> [Rule]) -> [Rule] { inboundMark.map(rules) ?? [] }

  var tproxyExcludedInbound: [Rule] { withMark { _ in excludedInbound } }
  var tproxyExcludedOutbound: [Rule] { withMark { _ in excludedOutbound } }

  /// ISTIO_DIVERT.
  var tproxyDivert: [Rule] {
    guard !configuration.inboundPorts.isNone else { return [] }
    return withMark {
      [
        Rule([], .setMark($0), reason: "the mark that the policy route to lo looks for"),
        Rule([], .accept, reason: "the packet belongs to a connection the proxy has"),
      ]
    }
  }

  /// ISTIO_TPROXY.
  var tproxyTake: [Rule] {
    guard !configuration.inboundPorts.isNone else { return [] }
    return withMark { mark in
      let anywhere = IPAddress(family, bits: 0)
      let target = TProxyTarget(
        port: configuration.inboundCapturePort, address: anywhere, mark: MaskedMark(mark))
      return [
        Rule(
          [.destination(.not(loopback)), .isTCP], .tproxy(target),
          reason:
            "to the proxy's inbound listener on \(configuration.inboundCapturePort), addresses unchanged")
      ]
    }
  }

  /// The first rules of ISTIO_INBOUND: packets of the proxy and of the app to itself.
  var tproxyGuards: [Rule] {
    withMark { mark in
      [
        Rule(
          [.isTCP, .marked(.is(mark))], .return, reason: "the packet came from the proxy: no second time"),
        Rule(
          [.source(.is(passthrough)), .fromLoopback, .isTCP], .return,
          reason: "the proxy hands an inbound connection to the app, from \(passthrough.network)"),
        Rule(
          [.fromLoopback, .isTCP, .marked(.not(.proxyToSelf))], .return,
          reason: "the app calls itself by the pod's own address: not captured"),
      ]
    }
  }

  var tproxySaveMark: [Rule] {
    withMark {
      [
        Rule(
          [.isTCP, .marked(.is($0))], .connmark(.save()),
          reason: "the connection remembers that the proxy made it")
      ]
    }
  }

  var tproxyMarkOutbound: [Rule] {
    withMark { mark in
      [
        Rule(
          [.onLoopback, .isTCP, .marked(.is(mark))], .return,
          reason: "the proxy's connection to the app is marked")
      ]
        + proxyOwners.map {
          Rule(
            [.destination(.not(loopback)), .onLoopback, .isTCP, $0], .setMark(.proxyToSelf),
            reason: "the app called itself by a service address: the proxy goes in by the inbound listener")
        } + [
          Rule(
            [.isTCP, .connmark(ConnmarkMatch(.is(MaskedMark(mark))))], .connmark(.restore()),
            reason: "the app's answers go the way the proxy's connection came")
        ]
    }
  }
}
