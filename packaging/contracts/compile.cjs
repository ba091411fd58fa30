// Reads a solc standard-JSON input from stdin, writes the compiler's output to stdout.
// Usage: node compile.cjs <path of the solc package>
const solc = require(process.argv[2]);
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", () => {
  process.stdout.write(solc.compile(Buffer.concat(chunks).toString("utf8")));
});
