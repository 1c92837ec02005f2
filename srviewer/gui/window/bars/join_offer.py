"""The bar that offers to join the stack that is shown with others that are open."""

from srviewer.core.visible_text import visible_line
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.notice import OfferBar
from srviewer.gui.widgets.plain_text import menu_text

MOST_NOTES = 2  # of all stacks: the panel has the others
LONGEST = 30  # characters of a name on a button


class JoinOffer(OfferBar):
    """Hidden while nothing fits, and once it was answered."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__(
            tr("Stacks that can be joined"),
            tr("Join"),
            tr("Make one volume of these stacks; it becomes a result of the stack that is shown"),
            tr("Not now"),
            tr("The Reconstruct panel still offers it"),
        )
        self._controller, self._joining = controller, controller.joining
        self.accepted.connect(self._join)
        self.declined.connect(self._joining.decline)
        self._joining.changed.connect(self._show)
        controller.work.changed.connect(self._show)
        controller.study.follow(self._show, "result")
        self._show()

    def _show(self) -> None:
        offered = self._joining.offered
        self.setVisible(bool(offered) and self._controller.reconstructing.ready)
        if not offered:
            return
        names = ", ".join(f"'{visible_line(scan.name)}'" for scan in offered)
        if len(offered) == 1:
            text = tr(
                "{name} can be joined with this stack: one contrast, and a part of the body in "
                "common.",
                name=names,
            )
            short = visible_line(offered[0].name)
            short = short if len(short) <= LONGEST else f"{short[:LONGEST]}\u2026"
            self.yes.setText(menu_text(tr("Join with {name}", name=short)))
        else:
            count = len(offered) + 1
            text = tr(
                "{count} stacks of one contrast: this one, {names}.", count=count, names=names
            )
            self.yes.setText(tr("Join"))
        self.text.setText("\n".join((text, *map(tr, self._joining.notes[:MOST_NOTES]))))

    def _join(self) -> None:
        wanted = {id(scan) for scan in self._joining.offered}
        for one in self._joining.candidates:
            self._joining.tick(one.scan, id(one.scan) in wanted)
        self._controller.panel_wanted.emit("reconstruct")
        self._joining.start()
