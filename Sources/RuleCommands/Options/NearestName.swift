/// Finds the name that a misspelt one was meant to be.
package enum NearestName {
  /// The closest name: one containing all dash-separated parts, else the smallest edit distance below a threshold.
  package static func of(_ word: String, among names: [String]) -> String? {
    let near = names.map { (name: $0, distance: distance(from: word, to: $0)) }.min {
      $0.distance < $1.distance
    }
    if let near, near.distance == 1, near.name.hasPrefix(word) || word.hasPrefix(near.name) {
      return near.name
    }
    if let name = shortest(names, holding: word, by: ==) { return name }
    if let near, near.distance <= max(1, word.count(where: \.isLetter) / 3) { return near.name }
    return shortest(names, holding: word) { $0.count > 2 && $1.hasPrefix($0) }
  }

  /// `--istio-inbound-ports` holds `--inbound-ports`.
  private static func shortest(
    _ names: [String], holding word: String, by isPart: (Substring, Substring) -> Bool
  ) -> String? {
    let wanted = parts(word)
    let found = names.filter { name in
      wanted.allSatisfy { part in parts(name).contains { isPart(part, $0) } }
    }
    return wanted.isEmpty ? nil : found.min { $0.count < $1.count }
  }

  private static func parts(_ name: String) -> [Substring] { name.split { $0 == "-" || $0 == "_" } }

  /// The edit distance of Damerau and Levenshtein: insertions, deletions, changes, and swaps of neighbours.
  package static func distance(from word: String, to name: String) -> Int {
    let (from, to) = (Array(word), Array(name))
    var rows = [Array(0...to.count)]
    for (row, letter) in from.enumerated() {
      var next = [row + 1]
      for (column, other) in to.enumerated() {
        var least = min(
          rows[row][column] + (letter == other ? 0 : 1), rows[row][column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, letter == to[column - 1], from[row - 1] == other {
          least = min(least, rows[row - 1][column - 1] + 1)
        }
        next.append(least)
      }
      rows.append(next)
    }
    return rows[from.count][to.count]
  }
}
