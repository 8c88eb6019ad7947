// `npm run bench -- codec|install|readback|learning-switch|switches|ovsdb [options]`: one benchmark, alone. Options and what is measured: README.md.

const benchmarks = ["codec", "install", "readback", "learning-switch", "switches", "ovsdb"];
const [name = ""] = process.argv.slice(2);

if (benchmarks.includes(name)) {
  process.argv.splice(2, 1);
  await import(`./${name}.mjs`);
} else {
  console.error(`npm run bench -- ${benchmarks.join("|")} [--rounds N] [--ms N] [--flows N] [--switches N]`);
  process.exitCode = 2;
}
