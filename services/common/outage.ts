import { isUnavailable } from "./database.ts";

/** Work that cannot be done yet, through no fault of this service, such as while the acquirer does not answer. */
export class NotYet extends Error {}

/**
 * Level of the line of work that failed and is tried again. Lines of level `error` roll back the deployment of a worker: an outage must
 * not, and what no outage explains must.
 */
export const levelOfFailure = (error: unknown): "error" | "warn" =>
    error instanceof NotYet || isUnavailable(error) || isOutageOfAws(error) ? "warn" : "error";

/** Errors of the AWS SDK: of a service that fails, or does not answer in time. A right that is missing is none. */
const isOutageOfAws = (error: unknown): boolean =>
    error instanceof Error &&
    (("$fault" in error && error.$fault === "server") || ["AbortError", "TimeoutError"].includes(error.name));
