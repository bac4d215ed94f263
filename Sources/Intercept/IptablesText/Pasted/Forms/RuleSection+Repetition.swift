import NetworkValues

/// The same output of `iptables -S` several times over, without declarations of chains to show where it begins again.
extension RuleSection {
  /// The sections, each a repetition of the first; the section itself if it does not repeat.
  ///
  /// Rules of one chain alone may as well be there twice.
  var repetitions: [RuleSection] {
    guard form == .listRules, let period, hasSeveralChains(lines.prefix(period)) else { return [self] }
    return stride(from: 0, to: lines.count, by: period).map { start in
      var section = self
      section.lines = lines.withoutLines
      section.lines.append(contentsOf: lines[start..<start + period])
      section.gaps = gaps.filter { gap in section.lines.contains { $0.number == gap } }
      return section
    }
  }

  /// The number of lines after which the section repeats to its end; nil if it does not.
  private var period: Int? {
    let texts = lines.map(\.text)
    guard let first = texts.first, texts.dropFirst().contains(first) else { return nil }
    // The prefix function of Knuth, Morris and Pratt: the longest beginning that ends at each line.
    var lengths = [0]
    for index in texts.indices.dropFirst() {
      var length = lengths[index - 1]
      while length > 0, texts[length] != texts[index] { length = lengths[length - 1] }
      lengths.append(texts[length] == texts[index] ? length + 1 : 0)
    }
    let period = texts.count - (lengths.last ?? 0)
    return period < texts.count && texts.count.isMultiple(of: period) ? period : nil
  }

  private func hasSeveralChains(_ lines: some Sequence<NumberedLine>) -> Bool {
    let chains = lines.lazy.compactMap { line -> Substring? in
      let words = line.text[...].words
      return words.firstIndex(where: RuleCommandName.contains).flatMap { words.dropFirst($0 + 1).first }
    }
    return Set(chains).count > 1
  }
}
