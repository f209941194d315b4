"""Tables and charts for notebooks, as HTML and SVG that fit the page's theme.

Text and lines have the page's own colour, on no ground of their own: so they are as
readable in a dark theme as in a light one. Every style stands at its element, since
notebooks drop style sheets when they are opened again.
"""

from kobai.html.chart import Line, chart
from kobai.html.table import lines, section, table

__all__ = ["Line", "chart", "lines", "section", "table"]
