/**
 * What a process wrote to its standard error, without the line of progress: outside a terminal a command prints one after ten
 * seconds of silence, which a busy machine may take.
 */
export const withoutProgress = (stderr: string): string =>
    stderr.replace(/^(npm run|planning|opening|checking|listing) .*\n/m, "");
