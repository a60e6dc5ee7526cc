import Foundation
import Testing

/// The page of a run in a real browser: no complaint, no request, and a player that plays.
@Suite(.enabled(if: Browser.executable != nil, "needs Chromium"))
struct ReportInBrowser {
    /// What wants to become part of the page.
    private static let hostileTitle =
        "</title></script><script>document.title='x'</script><img src='http://a.invalid/'> & \"me\""

    private static let circle =
        "title = '''\(hostileTitle)'''\n" + threeClustersScenario + "\nsnapshots = 40\n"

    private static let sphere = """
        title = '''\(hostileTitle)'''
        evolve = "particles"
        [model]
        dimension = 3
        beta = 4
        [initial]
        kind = "uniform"
        [particles]
        count = 40
        [time]
        end = 20
        snapshots = 30
        """

    @Test(arguments: [(Self.circle, "#density"), (Self.sphere, "#pairs")])
    func plays(scenario: String, chart: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(scenario, to: "s.toml")
        let outcome = try Program.run(
            ["run", "s.toml", "--output", "run", "--quiet"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let file = directory.url.appending(path: "run/report.html")
        let browser = try Browser(in: directory)
        try browser.visit(file)

        #expect(try browser.evaluate("document.title") == Self.hostileTitle)
        #expect(
            try browser.evaluate("document.querySelector('h1').textContent") == Self.hostileTitle)
        #expect(try browser.evaluate("document.images.length") == "0")
        #expect(try browser.evaluate("document.scripts.length") == "2")
        // Hidden without its script.
        #expect(try browser.evaluate("document.getElementById('player').hidden") == "false")

        let picture = "document.querySelector('#player canvas').toDataURL()"
        let time = "document.querySelector('[data-time]').textContent"
        let cursor = "document.querySelector('#timeline .cursor').style.left"
        let slider = "document.querySelector('#player input')"
        func state() throws -> [String] {
            try [picture, time, cursor, "\(slider).value"].map(browser.evaluate)
        }
        let start = try state()
        #expect(start[1] == "0" && start[3] == "0")
        _ = try browser.evaluate("\(slider).focus()")
        for _ in 0..<3 { try browser.press("ArrowRight", code: 39) }
        let later = try state()
        #expect(later[3] == "3")
        #expect(zip(start, later).allSatisfy { $0 != $1 }, "everything follows")
        try browser.press("End", code: 35)
        #expect(try browser.evaluate("\(slider).value == \(slider).max") == "true")
        #expect(try browser.evaluate("\(slider).getAttribute('aria-valuetext')").contains("t = "))
        // From the end it plays from the start.
        try browser.press(" ", code: 32)
        #expect(
            try browser.evaluate("document.querySelector('[data-play]').textContent") == "Pause")
        try browser.press(" ", code: 32)
        #expect(try browser.evaluate("document.querySelector('[data-play]').textContent") == "Play")

        // A click in the middle of a chart goes there.
        let area = "document.querySelector('\(chart) .area')"
        _ = try browser.evaluate("\(area).scrollIntoView({block: 'center'})")
        let box = "\(area).getBoundingClientRect()"
        let x = try #require(Double(browser.evaluate("\(box).left + \(box).width / 2")))
        let y = try #require(Double(browser.evaluate("\(box).top + \(box).height / 2")))
        try browser.click(x: x, y: y)
        let place = try browser.evaluate(cursor)
        let percent = try #require(
            Double(place.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }))
        #expect((30...70).contains(percent), "\(place)")

        // Nothing sticks out on a phone.
        try browser.resize(width: 390)
        #expect(try browser.evaluate("document.documentElement.scrollWidth") == "390")

        #expect(browser.complaints.isEmpty, "\(browser.complaints)")
        #expect(browser.requests.contains(file.absoluteString))
        #expect(browser.requests.allSatisfy { $0 == file.absoluteString || $0.hasPrefix("data:") })
    }
}
