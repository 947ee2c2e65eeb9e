import { pino, type DestinationStream, type Logger } from "pino";
import type { CommonConfig } from "./config.ts";

export type Log = Logger;

/** JSON lines on stdout, with `level` as a word: the platform counts lines of level `error` and `fatal`. */
export const createLog = ({ SERVICE, ENVIRONMENT, LOG_LEVEL }: CommonConfig, stream?: DestinationStream): Log => {
    const options = {
        level: LOG_LEVEL,
        base: { service: SERVICE, environment: ENVIRONMENT },
        messageKey: "message",
        formatters: { level: (level: string) => ({ level }) },
        timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    };
    return stream === undefined ? pino(options) : pino(options, stream);
};

/** What a log line has of an error: its class and its code. Its message may quote a value of the request. */
export function errorFields(error: unknown): { error: string; code?: string } {
    const name = error instanceof Error && /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : "Error";
    const code = errorCode(error);
    return code === undefined ? { error: name } : { error: name, code };
}

/** Code of an error of Node.js (`ECONNREFUSED`) or PostgreSQL (`23505`). */
export function errorCode(error: unknown): string | undefined {
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    return typeof code === "string" && /^[A-Z0-9_]{2,64}$/.test(code) ? code : undefined;
}
