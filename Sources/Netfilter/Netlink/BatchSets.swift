import CNetfilter

extension Batch {
  /// Makes a set.
  ///
  /// - Parameter label: what the set is for, for errors; its name if nil.
  /// - Returns: the set with the number by which the rest of the batch can speak of it; the kernel wants one
  ///   even if nobody does.
  @discardableResult
  package mutating func add(_ set: RawSet, label: BatchLabel? = nil) throws(NetlinkError) -> RawSet {
    var set = set
    set.id = set.id ?? SetID(rawValue: UInt32(count + 1))
    try send(set, label ?? { [set] in set.label })
    return set
  }

  private mutating func send(_ set: RawSet, _ label: @escaping BatchLabel) throws(NetlinkError) {
    let entry = BatchEntry("add set", label)
    try entry.naming { () throws(NetlinkFailure) in
      let object = try set.encoded()
      unsafe try add(NFT_MSG_NEWSET, set.family, [.create], entry) { unsafe object.build(into: $0) }
    }
  }

  /// Removes a set. The kernel refuses while a rule uses it.
  package mutating func delete(_ set: RawSet) throws(NetlinkError) {
    let entry = BatchEntry("delete set") { set.label }
    try entry.naming { () throws(NetlinkFailure) in
      let object = try set.encoded(onlyIdentity: true)
      unsafe try add(NFT_MSG_DELSET, set.family, [], entry) { unsafe object.build(into: $0) }
    }
  }

  /// Puts elements into a set, in as many messages as they need.
  ///
  /// - Parameter label: what the set is for, for errors; its name if nil.
  package mutating func add(
    _ elements: [RawSetElement], to set: RawSet, label: BatchLabel? = nil
  ) throws(NetlinkError) {
    let entry = BatchEntry("add elements to set", label ?? { set.label })
    try entry.naming { () throws(NetlinkFailure) in
      var rest = elements[...]
      while !rest.isEmpty {
        try addSome(of: &rest, to: set, entry)
      }
    }
  }

  private mutating func addSome(
    of rest: inout ArraySlice<RawSetElement>, to set: RawSet, _ entry: BatchEntry
  ) throws(NetlinkFailure) {
    var object = try set.encoded(onlyIdentity: true)
    // All elements of a message are in one attribute, whose length has 16 bits.
    var room = 60_000
    var next = rest.startIndex
    while next < rest.endIndex {
      let element = try rest[next].encoded()
      guard rest[next].largestEncoding <= room else { break }
      object.add(element)
      room -= rest[next].largestEncoding
      next += 1
    }
    rest = rest[next...]
    unsafe try add(NFT_MSG_NEWSETELEM, set.family, [.create], entry) { unsafe object.buildElements(into: $0) }
  }
}
