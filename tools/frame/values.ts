import { InvalidArgumentError } from "commander";

/** @throws InvalidArgumentError unless it is a whole number, 0 or more */
export function parseWholeNumber(text: string): number {
    if (!/^\d+$/.test(text)) {
        throw new InvalidArgumentError("It must be a whole number.");
    }
    return Number(text);
}

/** @throws InvalidArgumentError unless it is a number above 0 */
export function parsePositiveNumber(text: string): number {
    const number = Number(text);
    if (!(number > 0 && Number.isFinite(number))) {
        throw new InvalidArgumentError("It must be a number above 0.");
    }
    return number;
}

/** @throws InvalidArgumentError unless it has the form of an account ID */
export function parseAccountId(text: string): string {
    if (!/^\d{12}$/.test(text)) {
        throw new InvalidArgumentError("It must be the 12 digits of an AWS account.");
    }
    return text;
}
