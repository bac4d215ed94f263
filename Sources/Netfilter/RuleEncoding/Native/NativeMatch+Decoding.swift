import CNetfilter
import Intercept
import NFTables
import Netlink

extension NativeRuleReader {
  /// Consumes the expressions of a match at the front; nil, with none consumed, if there is none.
  mutating func takeMatch() -> NativeMatch? {
    guard let look = NativeComparison(rest) else { return nil }
    let match = match(look)
    if match != nil { rest = rest.dropFirst(look.count) }
    return match
  }

  private func match(_ look: NativeComparison) -> NativeMatch? {
    switch look.load {
    case .meta(.load(.networkProtocol, _)):
      let family = look.equality.flatMap { value in IPFamily.allCases.first { [$0.nfproto] == value.value } }
      return look.equality?.isNegated == false ? family.map(NativeMatch.family) : nil
    case .meta(.load(.inputInterfaceName, _)): return look.interface.map(NativeMatch.inInterface)
    case .meta(.load(.outputInterfaceName, _)): return look.interface.map(NativeMatch.outInterface)
    case .meta(.load(.mark, _)): return look.mark.map(NativeMatch.mark)
    case .conntrack(.load(.mark, _)): return look.mark.map(NativeMatch.connectionMark)
    case .conntrack(.load(.state, _)): return look.state.map(NativeMatch.state)
    default:
      guard let field = NativeField(look.load) else { return nil }
      return look.values(field, sets).map { .field(field, $0) }
    }
  }
}

/// A comparison as `nft` encodes it: load, optional mask, optional byte swap, compare.
struct NativeComparison {
  let load: Expression
  /// Number of expressions.
  private(set) var count = 1
  private(set) var mask: [UInt8]?
  private(set) var isSwapped = false
  let comparison: Comparison

  enum Comparison {
    case equal([UInt8], isNegated: Bool)
    /// A closed range; a nil bound is open.
    case range(from: [UInt8]?, to: [UInt8]?, isNegated: Bool)
    case lookup(set: String, isNegated: Bool)
  }

  /// Decodes a comparison at the front of a list; nil if there is none.
  init?(_ list: ArraySlice<Expression>) {
    var rest = list
    guard let first = rest.popFirst(), let register = first.loadedRegister else { return nil }
    load = first
    if case .bitwise(let bitwise)? = rest.first, bitwise.source == register, bitwise.destination == register,
      bitwise.xor.allSatisfy({ $0 == 0 })
    {
      mask = bitwise.mask
      rest = rest.dropFirst()
    }
    if case .byteorder(let order)? = rest.first, order.source == register, order.destination == register,
      order.operation == .toNetwork, order.size == order.length
    {
      isSwapped = true
      rest = rest.dropFirst()
    }
    guard let comparison = Comparison(takenFrom: &rest, of: register) else { return nil }
    self.comparison = comparison
    count = list.count - rest.count
  }

  /// The value of an equality or inequality without a mask.
  var equality: Condition<[UInt8]>? {
    guard mask == nil, !isSwapped, case .equal(let value, let isNegated) = comparison else { return nil }
    return isNegated ? .not(value) : .is(value)
  }

  var interface: Condition<InterfacePattern>? {
    guard let equality else { return nil }
    let comparison = FieldComparison.Comparison.equal(equality)
    return FieldComparison(.meta(.inputInterfaceName), comparison).interface(.inputInterfaceName)
  }

  var mark: Condition<MaskedMark>? {
    guard !isSwapped, case .equal(let bytes, let isNegated) = comparison, let value = Mark(hostBytes: bytes),
      let mask = mask.map(Mark.init(hostBytes:)) ?? .allBits
    else { return nil }
    let mark = MaskedMark(value, mask: mask)
    return isNegated ? .not(mark) : .is(mark)
  }

  /// The tested bits; the condition is negated if none of them may be set.
  var state: Condition<ConntrackState>? {
    guard !isSwapped, let mask, case .equal([0, 0, 0, 0], let isNegated) = comparison,
      let state = mask[...].exactly(UInt32.self).flatMap(ConntrackState.init(nativeBits:))
    else { return nil }
    return isNegated ? .is(state) : .not(state)
  }
}

extension NativeComparison.Comparison {
  fileprivate init?(takenFrom rest: inout ArraySlice<Expression>, of register: Register) {
    switch rest.first {
    case .compare(let compare)? where compare.register == register:
      rest = rest.dropFirst()
      self.init(compare, takenFrom: &rest)
    case .range(let range)? where range.register == register:
      rest = rest.dropFirst()
      self = .range(from: range.lowest, to: range.highest, isNegated: range.isInverted)
    case .lookup(let lookup)? where lookup.register == register:
      rest = rest.dropFirst()
      self = .lookup(set: lookup.set, isNegated: lookup.isInverted)
    default: return nil
    }
  }

  /// Decodes one comparison, or the two comparisons of a range.
  private init?(_ compare: CompareExpression, takenFrom rest: inout ArraySlice<Expression>) {
    switch compare.operation {
    case .equal: self = .equal(compare.value, isNegated: false)
    case .notEqual: self = .equal(compare.value, isNegated: true)
    case .lessOrEqual: self = .range(from: nil, to: compare.value, isNegated: false)
    case .greaterOrEqual:
      if case .compare(let next)? = rest.first, next.register == compare.register,
        next.operation == .lessOrEqual
      {
        rest = rest.dropFirst()
        self = .range(from: compare.value, to: next.value, isNegated: false)
      } else {
        self = .range(from: compare.value, to: nil, isNegated: false)
      }
    default: return nil
    }
  }
}

extension Expression {
  /// The register that a load fills.
  fileprivate var loadedRegister: Register? {
    switch self {
    case .meta(.load(_, let register)), .conntrack(.load(_, let register)): register
    case .payload(let load): load.register
    case .meta, .compare, .range, .bitwise, .byteorder, .lookup, .conntrack, .counter, .immediate, .match,
      .target, .redirect, .tproxy, .notrack, .unknown:
      nil
    }
  }
}
