/** What the acquirer of the tests does wrong. */
export interface AcquirerFaults {
    /** Milliseconds before each answer. */
    readonly delayMs: number;
    /** Calls that are answered with 503, and not recorded. */
    readonly failPercent: number;
    /** Calls that are recorded, and answered after `silentMs`. */
    readonly silentPercent: number;
    /** New calls that are decided after `silentMs`; until then a repetition is answered with 409. */
    readonly undecidedPercent: number;
    /** Longer than a client waits (`acquirerLimits`). */
    readonly silentMs: number;
    /** The next call is answered with 401. */
    readonly refuseCredentialOnce: boolean;
    /** The next call that is held until the faults are set again: `capture before`, `refund after`. */
    readonly hold: string;
    /** The days, such as `2026-01-31`, whose report is not ready: 404. */
    readonly missingReports: readonly string[];
    /** The days whose report is answered with 500. */
    readonly brokenReports: readonly string[];
    /** What is answered in place of each decision; empty: the decision. */
    readonly decisionText: string;
    /** What is answered in place of each page of a report; empty: the page. */
    readonly reportText: string;
    /** What is answered as the pages of each report, by the cursors none, `1`, `2`; none: the pages. */
    readonly reportPages: readonly string[];
    /** Operations of a page of a report. */
    readonly pageSize: number;
}

export const noFaults: AcquirerFaults = {
    delayMs: 0,
    failPercent: 0,
    silentPercent: 0,
    undecidedPercent: 0,
    silentMs: 6_000,
    refuseCredentialOnce: false,
    hold: "",
    missingReports: [],
    brokenReports: [],
    decisionText: "",
    reportText: "",
    reportPages: [],
    pageSize: 1_000,
};

/** What the process of the acquirer is started with. */
export interface ServerFile {
    readonly port: number;
    readonly keyFile: string;
    readonly certificateFile: string;
    readonly secretsFile: string;
    readonly secretArn: string;
    readonly ledgerFile: string;
}
