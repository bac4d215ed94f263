import Namespaces

/// Users and groups of owner matches that have no number in this user namespace: the kernel refuses their rules
/// (EINVAL).
enum UnmappedOwners {
  /// Advice about rules in the syntax of iptables; nil if every owner is mapped.
  static func advice(about rules: [String]) -> String? {
    let unmapped = rules.lazy.flatMap(owners).first { option, id in
      let map = ProcessFiles.lines("/proc/self/\(option == "--uid-owner" ? "uid_map" : "gid_map")")
      return !map.isEmpty && !map.contains { contains($0, id) }
    }
    return unmapped.map { option, id in
      "\(option == "--uid-owner" ? "user" : "group") \(id) is not mapped in this user namespace "
        + "(/proc/self/\(option == "--uid-owner" ? "uid_map" : "gid_map"))"
    }
  }

  /// The options and their numbers, the first of a range.
  private static func owners(_ rule: String) -> [(option: String, id: UInt32)] {
    let words = rule.split(separator: " ")
    return zip(words, words.dropFirst()).compactMap { option, value in
      guard option == "--uid-owner" || option == "--gid-owner" else { return nil }
      return UInt32(value.prefix { $0 != "-" }).map { (String(option), $0) }
    }
  }

  /// True if a line of the map contains the number: first number inside, first number outside, length.
  private static func contains(_ line: Substring, _ id: UInt32) -> Bool {
    let numbers = line.split(separator: " ").compactMap { UInt64($0) }
    return numbers.count == 3 && (numbers[0]..<numbers[0] + numbers[2]).contains(UInt64(id))
  }
}
