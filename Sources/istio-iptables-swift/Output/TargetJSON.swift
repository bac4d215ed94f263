import Intercept

/// What a rule does with a packet. Only the fields that its action has are there.
struct TargetJSON: Encodable {
  enum Action: String, Encodable {
    case accept, drop, `return`, jump, goto
    /// The rule decides nothing.
    case none
    case redirect, tproxy
    case setMark, saveMark, restoreMark, setConnectionMark
    case setZone
    /// A target that has no action of its own here, spelled as iptables does.
    case other
  }

  let action: Action
  /// The chain of a jump or goto.
  var chain: String?
  /// The port of a redirect or tproxy.
  var port: String?
  /// The mark that a packet or connection gets.
  var mark: String?
  /// The zone of connection tracking.
  var zone: String?
  /// The text of any other target.
  var text: String?

  init(_ target: Target) {
    switch target {
    case .accept: action = .accept
    case .drop: action = .drop
    case .return: action = .return
    case .none: action = .none
    case .jump(let name): (action, chain) = (.jump, name.text)
    case .goto(let name): (action, chain) = (.goto, name.text)
    case .redirect(let redirect): (action, port) = (.redirect, redirect.ports?.text)
    case .tproxy(let tproxy): (action, port, mark) = (.tproxy, "\(tproxy.port)", tproxy.mark.text)
    case .mark(let target): (action, mark) = (.setMark, target.mark.text)
    case .connmark(.set(let value)): (action, mark) = (.setConnectionMark, value.text)
    case .connmark(.save): action = .saveMark
    case .connmark(.restore): action = .restoreMark
    case .ct(let ct):
      if let number = ct.zone?.number, ct == CTTarget(zone: number) {
        (action, zone) = (.setZone, "\(number)")
      } else {
        (action, text) = (.other, target.iptablesText)
      }
    case .opaque: (action, text) = (.other, target.iptablesText)
    }
  }
}
