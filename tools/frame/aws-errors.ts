/** Whether an error has one of these names, by which AWS calls its errors. */
export const hasErrorName = (error: unknown, ...names: readonly string[]): boolean =>
    error instanceof Error && names.includes(error.name);

/** For `catch`: no answer where AWS refused with this error; every other error is thrown again. */
export const undefinedIfNamed =
    (name: string) =>
    (error: unknown): undefined => {
        if (!hasErrorName(error, name)) {
            throw error;
        }
    };

/** Whether a service says that there is none, such as `NoSuchEntity` and `QueueDoesNotExist`. */
export const isNotFoundError = (error: unknown): boolean =>
    error instanceof Error && /NotFound|NoSuch|NonExist|DoesNotExist/i.test(error.name);

/** Whether AWS answered that it refused the call, so that it did nothing; after any other error it may have done it. */
export const isRefusal = (error: unknown): boolean =>
    error instanceof Error && "$fault" in error && error.$fault === "client";
