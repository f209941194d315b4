"""The notes' training on MNIST with PyTorch, as a whole program."""

import torch
from mnist import LEARNING_RATE, arguments, epochs_of, first_params, read, report
from torch.nn import functional as F  # noqa: N812 (its own name for it)


def evaluate(weights, x, t):
    with torch.inference_mode():
        logits = forward(weights, x)
        right = (logits.argmax(dim=1) == t).float().mean()
        return F.cross_entropy(logits, t).item(), right.item()


def forward(weights, x):
    W1, b1, W2, b2 = weights
    return F.linear(torch.sigmoid(F.linear(x, W1, b1)), W2, b2)


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    x, t = map(torch.from_numpy, read(options.folder, "train"))
    test = [torch.from_numpy(array) for array in read(options.folder, "t10k")]
    weights = [
        torch.from_numpy(p.T.copy()).requires_grad_()
        for p in first_params(options.seed)
    ]
    optimizer = torch.optim.SGD(weights, LEARNING_RATE, foreach=True)
    losses = []
    for step, batches in epochs_of(options.steps, len(x), options.seed):
        for rows in torch.from_numpy(batches).unbind():
            logits = forward(weights, x.index_select(0, rows))
            loss = F.cross_entropy(logits, t.index_select(0, rows))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        report(step, evaluate(weights, x, t), evaluate(weights, *test))


if __name__ == "__main__":
    main()
