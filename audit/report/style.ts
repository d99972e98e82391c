/** A document on A4, in the fonts a machine has; black on white, readable without colour. */
export const style = `@page { size: A4; margin: 18mm 16mm; }
body { font: 10.5pt/1.45 Georgia, 'Times New Roman', serif; color: #111; max-width: 178mm; margin: 12mm auto; padding: 0 4mm; }
h1 { font-size: 20pt; margin: 0 0 2mm; } h2 { font-size: 13pt; margin: 9mm 0 2mm; border-bottom: 0.4pt solid #111; break-after: avoid; }
p { margin: 0 0 2mm; } .meta, figcaption, .note { color: #444; font-size: 9pt; }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; line-height: 1.3; }
th { text-align: left; border-bottom: 0.8pt solid #111; } td { border-bottom: 0.2pt solid #999; vertical-align: top; overflow-wrap: anywhere; }
th, td { padding: 0.8mm 1.6mm 0.8mm 0; } thead { display: table-header-group; } tr, figure { break-inside: avoid; }
code { font: 8pt/1.3 'DejaVu Sans Mono', Consolas, monospace; overflow-wrap: anywhere; }
figure { margin: 0 0 4mm; } svg { width: 100%; height: auto; } svg text { font: 9px Georgia, serif; fill: #444; }
.axis { stroke: #999; stroke-width: 0.5; } .floor { stroke: #111; stroke-width: 1; stroke-dasharray: 5 3; }
td:first-child, td:nth-child(2) { min-width: 19mm; }
.course { fill: none; stroke: #111; stroke-width: 1.8; }
path.normal { fill: none; stroke: #777; stroke-width: 0.8; }
@media print { body { margin: 0; padding: 0; max-width: none; } }`;
