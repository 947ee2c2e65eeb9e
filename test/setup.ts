// An Output put into a string throws instead of leaving "Calling [toString] on an [Output]" in a name.
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";

// Jest keeps every value that a global ever had until the file ends. The SDK makes each stack a global, which nobody
// reads: each plan of a test, 17 MB, would stay.
Object.defineProperty(globalThis, "stackResource", { configurable: true, get: () => undefined, set: () => undefined });
