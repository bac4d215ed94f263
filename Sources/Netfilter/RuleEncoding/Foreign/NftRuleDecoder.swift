import CNetfilter
import Intercept
import NFTables

/// Decodes the expressions of a rule into the text that `nft` prints for them.
///
/// A field is loaded into a register and compared there; an expression that is not known becomes a word that the
/// model keeps as opaque text.
struct NftRuleDecoder {
  let table: RawTable
  let sets: [String: LiveNativeSet]
  var registers = RegisterFile()
  private var words: [String] = []
  /// The family and protocol that earlier matches require, with the index of the words that a field may imply.
  var family: (value: IPFamily, word: Int?)?
  var proto: (value: IPProtocol, word: Int?)?
  /// The last word if it is a comparison `>=`, which may begin a range.
  var start: (word: Int, key: NftKey, value: UInt128)?

  init(_ table: RawTable, sets: [String: LiveNativeSet]) {
    self.table = table
    self.sets = sets
    if let own = table.family.addressFamily { family = (own, nil) }
  }

  /// The rule's text.
  mutating func text(of rule: RawRule) -> String {
    for expression in rule.expressions { decode(expression) }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Writes a statement. `nft` repeats what matches before it require.
  mutating func write(_ text: String) {
    words.append(text)
    family?.word = nil
    proto?.word = nil
  }

  /// Writes a match.
  ///
  /// - Returns: the index of its words.
  @discardableResult
  mutating func write(match text: String) -> Int {
    words.append(text)
    return words.count - 1
  }

  /// The index of the last words.
  var lastWord: Int { words.count - 1 }

  /// Replaces the words of a match, by nothing if a later field implies it.
  mutating func rewrite(_ word: Int, _ text: String = "") { words[word] = text }

  private mutating func decode(_ expression: Expression) {
    switch expression {
    case .meta(.load(let key, let register)):
      registers[register] = .field(NftKey(meta: key), mask: nil, xor: nil)
    case .meta(.store(let key, let register)):
      let value = key == .priority ? trafficClass(register) : assigned(register)
      write("\(NftKey(meta: key).text) set \(value)")
    case .conntrack(.load(let key, let register)):
      registers[register] = .field(NftKey(conntrack: key), mask: nil, xor: nil)
    case .conntrack(.store(let key, let register)):
      let name = key == .zone ? "ct zone" : NftKey(conntrack: key).text
      write("\(name) set \(assigned(register, isDecimal: key == .zone))")
    case .payload(let payload): registers[payload.register] = .field(field(payload), mask: nil, xor: nil)
    case .bitwise(let bitwise): mask(bitwise)
    case .byteorder(let order): registers[order.destination] = registers[order.source]
    case .compare(let compare): decode(compare)
    case .range(let range): decode(range)
    case .lookup(let lookup): decode(lookup)
    case .counter(let counter): write("counter packets \(counter.packets) bytes \(counter.bytes)")
    case .immediate(.verdict(let verdict)): write(verdict.nftText)
    case .immediate(.value(let bytes, let register)): registers[register] = .constant(bytes)
    case .match(let xt): write("xt match \"\(xt.name)\"")
    case .target(let xt): write("xt target \"\(xt.name)\"")
    case .redirect(let redirect):
      write("redirect" + ports(redirect.port, redirect.highestPort, " to :") + NatFlags.text(redirect.flags))
    case .tproxy(let tproxy): decode(tproxy)
    case .notrack: write("notrack")
    case .unknown(let unknown): decode(unknown)
    }
  }

  private mutating func mask(_ bitwise: BitwiseExpression) {
    guard case .field(let key, nil, nil) = registers[bitwise.source] else {
      registers[bitwise.destination] = .mapped("...")
      return
    }
    registers[bitwise.destination] = .field(key, mask: bitwise.mask, xor: bitwise.xor)
  }

  private mutating func decode(_ tproxy: TproxyExpression) {
    let title = table.family == .inet ? tproxy.family.addressFamily.map { $0 == .ipv4 ? " ip" : " ip6" } : nil
    let family = title ?? ""
    let address = tproxy.address.map { hosts($0, nil, tproxy.family.addressFamily, hasPort: true) } ?? ""
    write("tproxy\(family) to \(address)\(ports(tproxy.port, nil, ":"))")
  }
}

extension VerdictCode {
  /// The verdict as `nft` prints it.
  var nftText: String {
    switch self {
    case .accept: "accept"
    case .drop: "drop"
    case .return: "return"
    case .continue: "continue"
    case .jump(let chain): "jump \(chain)"
    case .goto(let chain): "goto \(chain)"
    }
  }
}
