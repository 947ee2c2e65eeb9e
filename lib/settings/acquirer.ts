import { z } from "zod";

/**
 * `https://`, a lower-case domain name, and a path or none. Credentials belong into the secret, and NAT lets tasks connect to port
 * 443 only (`lib/flows.ts`).
 */
const httpsUrl = /^https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?:\/[\w.~-]+)*\/?$/;

/** Noun in the name of the secret with the credential of a service. */
export const acquirerNoun = (service: string): string => `${service}-acquirer`;

/** The company that moves the money of a service's payments. */
export const acquirer = z.strictObject({
    url: z
        .string()
        .max(512)
        .regex(httpsUrl, {
            error: "must be an https URL such as https://api.acquirer.example/v1, without credentials, port, query and fragment (the credential belongs into the secret)",
        })
        .describe(
            "Base URL of the acquirer's API, with egress `nat` only. The service gets a secret for its credential, whose value an operator puts (docs/rotation.md).",
        ),
});
