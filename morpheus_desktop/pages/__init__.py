"""Pages of the window.

Each page is a package with `page.py` (class `XPage(QWidget)`, constructor `(presenter, ...)`) and
`presenter.py` (class `XPresenter(QObject)`, constructor `(node: NodeService, tasks: GuiTasks,
...)`; its signals are in the past tense, it knows no widgets).

A page with a method `shown()` is told each time the user comes to it. Pages never import each
other: what leads to another page is a signal that `morpheus_desktop.navigation` connects.
"""
