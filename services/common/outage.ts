import { isUnavailable } from "./database.ts";
import { errorCode } from "./log.ts";

/** Work that cannot be done yet, through no fault of this service, such as while the acquirer does not answer. */
export class NotYet extends Error {}

/**
 * Level of the line of work that failed and is tried again. Lines of level `error` roll back the deployment of a worker: an outage must
 * not, and what no outage explains must. A login that PostgreSQL refuses and a statement that it ends at the time limit count as an
 * outage, which they may be: where the release is to blame, the alarm `messages-failing` says so.
 */
export const levelOfFailure = (error: unknown): "error" | "warn" =>
    error instanceof NotYet || isUnavailable(error) || isOutageOfServer(error) || isOutageOfAws(error)
        ? "warn"
        : "error";

/**
 * Codes of a call over HTTPS that has no decision through no fault of what was sent: no answer in time, a lost connection, a certificate that has expired, a
 * credential that is not accepted (operators store it), too many calls, a server that fails, and 409 (the server still works on the same call).
 * Those of the network are in `isUnavailable`.
 */
const outageCodes =
    /^(TIMEOUT|UND_ERR_SOCKET|UND_ERR_[A-Z]+_TIMEOUT|CERT_HAS_EXPIRED|HTTP_(401|403|408|409|425|429|5\d\d))$/;

const isOutageOfServer = (error: unknown): boolean => outageCodes.test(errorCode(error) ?? "");

/** Errors of the AWS SDK: of a service that fails, does not answer in time, or has too many calls. A right that is missing is none. */
const isOutageOfAws = (error: unknown): boolean =>
    error instanceof Error &&
    (("$fault" in error && error.$fault === "server") ||
        ["AbortError", "TimeoutError"].includes(error.name) ||
        isThrottling(error.name));

/** Codes of too many calls (`RequestThrottled`, `ThrottlingException`), which AWS counts as faults of the caller. */
export const isThrottling = (code = ""): boolean => /throttl/i.test(code);
