import { z } from "zod";
import { domain, integer, maxDomainLength } from "./fields.ts";
import { isPublicDomain } from "../private-domains.ts";

/**
 * `https://`, a lower-case domain name, and a path or none. Credentials belong into the secret, and NAT lets tasks connect to port
 * 443 only (`lib/flows.ts`).
 */
const httpsUrl = new RegExp(String.raw`^https://${domain}(?:/[\w.~-]+)*/?$`);

/** Host of a URL that has the form; undefined of another one, which is refused for its form alone. */
const hostOf = (text: string): string | undefined => (httpsUrl.test(text) ? text.split("/")[2] : undefined);

/** Noun in the name of the secret with the credential of a service. */
export const acquirerNoun = (service: string): string => `${service}-acquirer`;

/** Noun in the names of the task that compares the payments of a service with the acquirer's report. */
export const reconciliationNoun = (service: string): string => `${service}-reconciliation`;

/** The program in the image of the sample application (`services/payment/reconciliation/`). */
const defaultReconciliationCommand: readonly string[] = ["node", "/app/reconcile.mjs"];

/** Hours in which the scheduler tries to start the task. A day that is not compared by then raises the alarm `reconciliation-late`. */
export const startWithinHours = 6;

/** Age of the last compared day, in hours, when the next comparison begins. */
export const dueAfterHours = ({ hour }: { readonly hour: number }): number => 24 + hour;

/** Age of the last day before the first missed one, in hours, at which a comparison is overdue. */
export const lateAfterHours = (settings: { readonly hour: number }): number =>
    dueAfterHours(settings) + startWithinHours;

/** The daily comparison of payments with the acquirer's report. */
const reconciliation = z.strictObject({
    enabled: z
        .boolean()
        .default(true)
        .describe("Whether a task compares the payments with the acquirer's report each day (docs/reconciliation.md)."),
    hour: integer(0, 23)
        .default(6)
        .describe(
            "Hour of the day, in UTC, at which it starts: the acquirer has the report of the day before by then.",
        ),
    command: z
        .array(z.string().min(1).max(256))
        .min(1)
        .max(20)
        .default([...defaultReconciliationCommand])
        .describe("Program of the task in the image of the service, run without a shell."),
});

/** The company that moves the money of a service's payments. */
export const acquirer = z.strictObject({
    url: z
        .string()
        .max(512)
        .regex(httpsUrl, {
            error: "must be an https URL such as https://api.acquirer.example/v1, without credentials, port, query and fragment (the credential belongs into the secret)",
        })
        .refine(
            (text) => {
                const host = hostOf(text);
                return host === undefined || (isPublicDomain(host) && host.length <= maxDomainLength);
            },
            {
                error: `must name a host of at most ${maxDomainLength} characters below a public top-level domain: tasks reach the acquirer over the internet`,
            },
        )
        // A URL is sent without such segments, and then has another path than the file.
        .refine((text) => !/\/\.{1,2}(?:\/|$)/.test(text), { error: "must have no segment . or .. in its path" })
        .describe(
            "Base URL of the acquirer's API, with egress `nat` only. The service gets a secret for its credential, whose value an operator puts (docs/rotation.md).",
        ),
    reconciliation: reconciliation.prefault({}).describe("The daily comparison with the acquirer's report."),
});

export type AcquirerSettings = z.output<typeof acquirer>;

/** Whether the payments of a service are compared with the acquirer's report. */
export const hasReconciliation = ({ acquirer: one }: { readonly acquirer?: AcquirerSettings }): boolean =>
    one?.reconciliation.enabled === true;

/** Nouns of the task definitions of the services and of their reconciliations. */
export const serviceTaskNouns = (
    services: Readonly<Record<string, Parameters<typeof hasReconciliation>[0]>>,
): string[] =>
    Object.entries(services).flatMap(([name, service]) =>
        hasReconciliation(service) ? [name, reconciliationNoun(name)] : [name],
    );
