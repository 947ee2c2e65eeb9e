// An Output put into a string throws instead of leaving "Calling [toString] on an [Output]" in a name.
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";
