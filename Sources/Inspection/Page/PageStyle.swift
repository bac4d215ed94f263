import Pictures

/// The page's style sheet; colours are those of ``SVGStyle``.
enum PageStyle {
  static let sheet: Markup = """
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1rem; max-width: 80rem; background: var(--paper); color: var(--ink); \
    font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
    h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.3rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 0; }
    code { font: .85em ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
    a, summary { color: var(--path); }
    :focus-visible { outline: 3px solid var(--path); outline-offset: 2px; }
    .skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; }
    .findings { padding: 0; list-style: none; }
    .finding { border: 1px solid var(--line); border-left: .4rem solid var(--soft); border-radius: .4rem; \
    padding: .75rem 1rem; margin: .75rem 0; background: var(--box); }
    .finding.error { border-left-color: var(--problem); }
    .finding p, .finding ul { margin: .4rem 0 0; }
    .severity { color: var(--problem); } .warning .severity, .check, .reason { color: var(--soft); }
    .check { font-size: .85rem; }
    figure { margin: .5rem 0; } figcaption { color: var(--soft); font-size: .9rem; }
    .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; margin: .75rem 0; }
    .scroll svg { display: block; max-width: max(100%, 60rem); height: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .9rem; }
    caption { text-align: left; font-weight: bold; padding: .4rem .6rem; }
    th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-top: 1px solid var(--line); }
    summary { cursor: pointer; font-weight: bold; padding: .4rem 0; }
    .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; } .controls[hidden] { display: none; }
    .controls p { margin: 0; }
    button { font: inherit; color: var(--ink); background: var(--box); border: 1px solid var(--line); \
    border-radius: .4rem; padding: .4rem .8rem; cursor: pointer; }
    .steps li { padding: .2rem .5rem; border-left: .25rem solid transparent; }
    .steps .failed { color: var(--soft); } .steps .matched { border-left-color: var(--path); }
    .steps .current { background: var(--path-ground); color: var(--ink); }
    @media (max-width: 40rem) {
    thead { position: absolute; left: -99rem; } tr { display: block; border-top: 2px solid var(--line); }
    td { display: block; border: 0; padding: .1rem .6rem; } td:empty { display: none; }
    td::before { content: attr(data-name) ": "; color: var(--soft); } }
    @media print {
    nav, .controls, .skip { display: none; } .scroll { overflow: visible; border: 0; }
    .scroll svg { max-width: 100%; height: auto; } tr, .finding, .steps li { break-inside: avoid; } h2, summary { break-after: avoid; } }

    """
}
