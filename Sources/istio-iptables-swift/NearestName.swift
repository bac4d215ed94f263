/// Finds the name that somebody probably meant.
enum NearestName {
  /// The name with all the word's parts in it, or else the one that fewest slips of the finger lead to; nil if there is
  /// none that is near enough to be worth a question.
  static func of(_ word: String, among names: [String]) -> String? {
    let near = names.map { (name: $0, slips: slips(from: word, to: $0)) }.min { $0.slips < $1.slips }
    if let near, near.slips == 1, near.name.hasPrefix(word) || word.hasPrefix(near.name) { return near.name }
    if let name = shortest(names, holding: word, by: ==) { return name }
    if let near, near.slips <= max(1, word.count(where: \.isLetter) / 3) { return near.name }
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

  /// How many letters are to be put in, left out, changed, or exchanged with their neighbours.
  static func slips(from word: String, to name: String) -> Int {
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
