import Testing

@testable import HTMLReport

@Suite struct MarkupTests {
    @Test func textIsEscapedAndMarkupIsNot() {
        let hostile = "</b><script>alert('1')</script>&\"\u{7}\u{1B}[31m"
        let bold: Markup = "<b title=\"\(hostile)\">\(hostile)</b>"
        let safe =
            "&lt;/b&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;  [31m"
        #expect(bold.text == "<b title=\"\(safe)\">\(safe)</b>")
        let outer: Markup = "<p>\(bold)\([bold, bold])</p>"
        #expect(outer.text == "<p>\(bold.text)\(bold.text)\(bold.text)</p>")
    }

    @Test func numbersAreShort() {
        #expect(Markup.percent(0.5).text == "50%")
        #expect(Markup.percent(1.0 / 3).text == "33.333%")
        #expect(Markup.number(-0.0001) == "0")
        #expect(Markup.number(.nan) == "0")
    }

    @Test func drawingsOfGnuplotBecomeElements() {
        let svg = """
            <?xml version="1.0"?><svg width="10"><title>a</title><desc>gnuplot 5.4</desc>
            <g id="gnuplot_canvas"><defs><circle id='gpDot'/></defs>
            <g fill="none"> </g>
            <g id="a_plot_1" ><title>'a.dat'</title>
            <path stroke='rgb(  0, 114, 178)'  d='M0 0'/></g>
            </g></svg>
            """
        let text = GnuplotSVG(svg, width: 10, height: 4).markup.text
        #expect(text.contains("<path stroke='var(--blue)' d='M0 0'/>"))
        for words in ["gnuplot", "id=", "title", "defs", "fill=\"none\""] {
            #expect(!text.contains(words), "\(words)")
        }
        #expect(
            text.components(separatedBy: "<g").count == text.components(separatedBy: "</g").count)
    }
}
